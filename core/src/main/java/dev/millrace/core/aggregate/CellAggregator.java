package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;

import org.jspecify.annotations.Nullable;

/**
 * A value whose partial values are a fixed number of longs, all zero for "nothing yet", so that
 * tables of millions are flat arrays.
 */
sealed interface CellAggregator extends Aggregator
        permits CountAggregator, SumAggregator, AverageAggregator, ExtremeAggregator {
    /** How many longs a partial value takes. */
    int cells();

    /** Adds an event that has no {@link #problem}. */
    void add(Event event, long[] cells, int at);

    /** Adds the partial value {@code from[fromAt…]} to {@code into[at…]}. */
    void merge(long[] from, int fromAt, long[] into, int at);

    /** What the value shows: a Long, a Double, or null for nothing. */
    @Nullable Object result(long[] cells, int at);
}
