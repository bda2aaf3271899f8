package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.JsonKind;

import org.jspecify.annotations.Nullable;

/** The sum of a field: exact for integers, see {@link NumberSum}; null for nothing. */
record SumAggregator(NumericField of) implements CellAggregator {
    @Override
    public int cells() {
        return NumberSum.CELLS;
    }

    @Override
    public @Nullable String problem(Event event) {
        return of.problem(event);
    }

    @Override
    public void add(Event event, long[] cells, int at) {
        JsonKind kind = of.kind(event);
        if (kind == JsonKind.INTEGER) {
            NumberSum.addInteger(cells, at, event.integer(of.field()));
        } else if (kind == JsonKind.DECIMAL) {
            NumberSum.addFraction(cells, at, event.number(of.field()));
        }
    }

    @Override
    public void merge(long[] from, int fromAt, long[] into, int at) {
        NumberSum.merge(from, fromAt, into, at);
    }

    @Override
    public @Nullable Object result(long[] cells, int at) {
        return NumberSum.result(cells, at);
    }
}
