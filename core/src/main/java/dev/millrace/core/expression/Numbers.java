package dev.millrace.core.expression;

import com.google.common.primitives.UnsignedLong;

import java.math.BigDecimal;

/** The order of numbers of different types by their exact values. */
final class Numbers {
    private Numbers() {}

    /** Neither may be NaN. */
    static int compare(Number a, Number b) {
        if (a instanceof Long x && b instanceof Long y) {
            return Long.compare(x, y);
        }
        if (a instanceof Long x && b instanceof Double y) {
            return compare((long) x, (double) y);
        }
        if (a instanceof Double x && b instanceof Long y) {
            return -compare((long) y, (double) x);
        }
        if (Double.isInfinite(a.doubleValue()) || Double.isInfinite(b.doubleValue())) {
            return Double.compare(a.doubleValue(), b.doubleValue());
        }
        return exact(a).compareTo(exact(b));
    }

    /** The integer part decides as an integer, then the fraction. */
    private static int compare(long a, double b) {
        if (b >= 0x1p63) {
            return -1;
        }
        if (b < -0x1p63) {
            return 1;
        }
        long whole = (long) b;
        return a == whole ? (int) Math.signum(whole - b) : Long.compare(a, whole);
    }

    private static BigDecimal exact(Number number) {
        return switch (number) {
            case UnsignedLong unsigned -> new BigDecimal(unsigned.bigIntegerValue());
            case Double decimal -> new BigDecimal(decimal);
            default -> BigDecimal.valueOf(number.longValue());
        };
    }

    static boolean isNaN(Object number) {
        return number instanceof Double d && d.isNaN();
    }
}
