package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;

import org.jspecify.annotations.Nullable;

/**
 * One value of an aggregate: how an event is added to it, how two partial values become one, and
 * what it shows. A partial value is a fixed number of longs, all zero for "nothing yet", so that
 * tables of millions are flat arrays.
 *
 * <p>Commutative and associative: however events are split over partitions and commits, and in
 * whatever order the parts are merged, the result is the same. (Sums of fractions: see {@link
 * NumberSum}.)
 *
 * <p>Thread-confined, like the events it is given.
 */
sealed interface Aggregator
        permits CountAggregator, SumAggregator, AverageAggregator, ExtremeAggregator {
    /** How many longs a partial value takes. */
    int cells();

    /** Why the event cannot be added, as a sentence; null if it can. */
    @Nullable String problem(Event event);

    /** Adds an event that has no {@link #problem}. */
    void add(Event event, long[] cells, int at);

    /** Adds the partial value {@code from[fromAt…]} to {@code into[at…]}. */
    void merge(long[] from, int fromAt, long[] into, int at);

    /** What the value shows: a Long, a Double, or null for nothing. */
    @Nullable Object result(long[] cells, int at);
}
