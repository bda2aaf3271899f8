package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.JsonKind;

import org.jspecify.annotations.Nullable;

/**
 * The least or the greatest of a field; null for nothing. Integers and fractions compare by value,
 * without rounding; of two equal ones the integer is shown, and zero has no sign. Two longs: what
 * it holds (nothing, an integer, a fraction) and its bits.
 */
record ExtremeAggregator(NumericField of, boolean greatest) implements CellAggregator {
    private static final long NOTHING = 0;
    private static final long INTEGER = 1;
    private static final long FRACTION = 2;

    @Override
    public int cells() {
        return 2;
    }

    @Override
    public @Nullable String problem(Event event) {
        return of.problem(event);
    }

    @Override
    public void add(Event event, long[] cells, int at) {
        JsonKind kind = of.kind(event);
        if (kind == JsonKind.INTEGER) {
            offer(INTEGER, event.integer(of.field()), cells, at);
        } else if (kind == JsonKind.DECIMAL) {
            double unsignedZero = event.number(of.field()) + 0.0;
            offer(FRACTION, Double.doubleToLongBits(unsignedZero), cells, at);
        }
    }

    @Override
    public void merge(long[] from, int fromAt, long[] into, int at) {
        if (from[fromAt] != NOTHING) {
            offer(from[fromAt], from[fromAt + 1], into, at);
        }
    }

    @Override
    public @Nullable Object result(long[] cells, int at) {
        if (cells[at] == NOTHING) {
            return null;
        }
        return cells[at] == INTEGER
                ? (Object) cells[at + 1]
                : (Object) Double.longBitsToDouble(cells[at + 1]);
    }

    private void offer(long kind, long bits, long[] cells, int at) {
        if (cells[at] == NOTHING || isBetter(kind, bits, cells[at], cells[at + 1])) {
            cells[at] = kind;
            cells[at + 1] = bits;
        }
    }

    private boolean isBetter(long kind, long bits, long heldKind, long heldBits) {
        int order = compare(kind, bits, heldKind, heldBits);
        if (order == 0) {
            return kind < heldKind;
        }
        return greatest ? order > 0 : order < 0;
    }

    private static int compare(long kind, long bits, long otherKind, long otherBits) {
        if (kind == INTEGER) {
            return otherKind == INTEGER
                    ? Long.compare(bits, otherBits)
                    : compare(bits, Double.longBitsToDouble(otherBits));
        }
        double value = Double.longBitsToDouble(bits);
        return otherKind == INTEGER
                ? -compare(otherBits, value)
                : Double.compare(value, Double.longBitsToDouble(otherBits));
    }

    /** An integer against a fraction: first as doubles, then by what the rounding took away. */
    private static int compare(long integer, double fraction) {
        double rounded = integer;
        if (rounded != fraction) {
            return Double.compare(rounded, fraction);
        }
        return fraction == 0x1p63 ? -1 : Long.compare(integer, (long) fraction);
    }
}
