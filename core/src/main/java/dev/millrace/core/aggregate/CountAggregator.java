package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;

import org.jspecify.annotations.Nullable;

/** How many events. */
final class CountAggregator implements CellAggregator {
    @Override
    public int cells() {
        return 1;
    }

    @Override
    public @Nullable String problem(Event event) {
        return null;
    }

    @Override
    public void add(Event event, long[] cells, int at) {
        cells[at]++;
    }

    @Override
    public void merge(long[] from, int fromAt, long[] into, int at) {
        into[at] += from[fromAt];
    }

    @Override
    public Object result(long[] cells, int at) {
        return cells[at];
    }
}
