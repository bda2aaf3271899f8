package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;

import org.jspecify.annotations.Nullable;

/** The mean of a field, a Double; null for nothing. */
record AverageAggregator(SumAggregator sum) implements CellAggregator {
    @Override
    public int cells() {
        return sum.cells();
    }

    @Override
    public @Nullable String problem(Event event) {
        return sum.problem(event);
    }

    @Override
    public void add(Event event, long[] cells, int at) {
        sum.add(event, cells, at);
    }

    @Override
    public void merge(long[] from, int fromAt, long[] into, int at) {
        sum.merge(from, fromAt, into, at);
    }

    @Override
    public @Nullable Object result(long[] cells, int at) {
        long count = NumberSum.count(cells, at);
        return count == 0 ? null : (Object) (NumberSum.asDouble(cells, at) / count);
    }
}
