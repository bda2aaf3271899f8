package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;

import org.jspecify.annotations.Nullable;

/**
 * One value of an aggregate: how an event is added to it, how two partial values become one, and
 * what it shows.
 *
 * <p>Commutative and associative: however events are split over partitions and commits, and in
 * whatever order the parts are merged, the result is the same. (Sums of fractions: see {@link
 * NumberSum}. Quantiles: within their error.)
 *
 * <p>Thread-confined, like the events it is given.
 */
sealed interface Aggregator permits CellAggregator, SketchAggregator {
    /** Why the event cannot be added, as a sentence; null if it can. */
    @Nullable String problem(Event event);
}
