package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of sums over JSON numbers, on five longs: how many integers, how many fractions,
 * the integers' sum as 128 bits (high, low), and behind them the fractions' sum as two doubles
 * (high, low): six in all.
 *
 * <p>Integers add exactly in any order. Fractions add in double-double arithmetic (Dekker, 1971;
 * Knuth's TwoSum), which carries 106 bits: sums of up to a million values of like sign differ from
 * the exact sum, and so between two orders, only where the exact sum lies within 2⁻¹⁰⁰ of the
 * middle between two doubles. Where values of opposite sign and a factor of more than 2⁵³ meet, the
 * small ones lose digits. A sum beyond the range of a double stays at the largest.
 */
final class NumberSum {
    static final int CELLS = 6;

    private static final int INTEGERS = 0;
    private static final int FRACTIONS = 1;
    private static final int WHOLE_HIGH = 2;
    private static final int WHOLE_LOW = 3;
    private static final int PART_HIGH = 4;
    private static final int PART_LOW = 5;

    private static final double TWO_POW_64 = 0x1p64;

    private NumberSum() {}

    static void addInteger(long[] cells, int at, long value) {
        cells[at + INTEGERS]++;
        add128(cells, at, value >> 63, value);
    }

    static void addFraction(long[] cells, int at, double value) {
        cells[at + FRACTIONS]++;
        addDouble(cells, at, value, 0);
    }

    static void merge(long[] from, int fromAt, long[] into, int at) {
        into[at + INTEGERS] += from[fromAt + INTEGERS];
        add128(into, at, from[fromAt + WHOLE_HIGH], from[fromAt + WHOLE_LOW]);
        if (from[fromAt + FRACTIONS] != 0) {
            into[at + FRACTIONS] += from[fromAt + FRACTIONS];
            addDouble(
                    into,
                    at,
                    Double.longBitsToDouble(from[fromAt + PART_HIGH]),
                    Double.longBitsToDouble(from[fromAt + PART_LOW]));
        }
    }

    static long count(long[] cells, int at) {
        return cells[at + INTEGERS] + cells[at + FRACTIONS];
    }

    /** A Long where only integers were added and it fits, else a Double; null for nothing. */
    static @Nullable Object result(long[] cells, int at) {
        if (count(cells, at) == 0) {
            return null;
        }
        long high = cells[at + WHOLE_HIGH];
        long low = cells[at + WHOLE_LOW];
        if (cells[at + FRACTIONS] == 0 && high == low >> 63) {
            return low;
        }
        return asDouble(cells, at);
    }

    static double asDouble(long[] cells, int at) {
        double[] sum = {
            Double.longBitsToDouble(cells[at + PART_HIGH]),
            Double.longBitsToDouble(cells[at + PART_LOW])
        };
        long low = cells[at + WHOLE_LOW];
        plus(sum, (double) cells[at + WHOLE_HIGH] * TWO_POW_64, 0);
        // The low half is unsigned: its upper and lower 32 bits are doubles without rounding.
        plus(sum, (double) (low >>> 32) * 0x1p32, 0);
        plus(sum, (double) (low & 0xffff_ffffL), 0);
        return sum[0];
    }

    private static void add128(long[] cells, int at, long high, long low) {
        long sum = cells[at + WHOLE_LOW] + low;
        long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
        cells[at + WHOLE_LOW] = sum;
        cells[at + WHOLE_HIGH] += high + carry;
    }

    private static void addDouble(long[] cells, int at, double high, double low) {
        double[] sum = {
            Double.longBitsToDouble(cells[at + PART_HIGH]),
            Double.longBitsToDouble(cells[at + PART_LOW])
        };
        plus(sum, high, low);
        cells[at + PART_HIGH] = Double.doubleToRawLongBits(sum[0]);
        cells[at + PART_LOW] = Double.doubleToRawLongBits(sum[1]);
    }

    /**
     * {@code sum += high + low}, both as (high, low) with the low part at most half a unit of the
     * high part.
     */
    private static void plus(double[] sum, double high, double low) {
        double rough = sum[0] + high;
        if (Double.isInfinite(rough)) {
            sum[0] = Math.copySign(Double.MAX_VALUE, rough);
            sum[1] = 0;
            return;
        }
        double share = rough - sum[0];
        double error = (sum[0] - (rough - share)) + (high - share) + sum[1] + low;
        sum[0] = rough + error;
        sum[1] = error - (sum[0] - rough);
    }
}
