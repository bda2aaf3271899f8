package dev.millrace.core.event;

import java.nio.charset.StandardCharsets;

/** Numbers from their text, which is valid JSON. */
final class JsonNumbers {
    /** Powers of ten that a double holds exactly. */
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    /** Digits that stay below 2^53. */
    private static final int EXACT_DIGITS = 15;

    private static final String LONG_MAX = "9223372036854775807";
    private static final String LONG_MIN = "9223372036854775808";

    private JsonNumbers() {}

    /** Whether an integer of any length is in the range of a long. */
    static boolean fitsLong(byte[] bytes, int start, int length) {
        boolean negative = bytes[start] == '-';
        int digits = negative ? start + 1 : start;
        String limit = negative ? LONG_MIN : LONG_MAX;
        int count = start + length - digits;
        if (count != limit.length()) {
            return count < limit.length();
        }
        String text = new String(bytes, digits, count, StandardCharsets.ISO_8859_1);
        return text.compareTo(limit) <= 0;
    }

    static long toLong(byte[] bytes, int start, int length) {
        boolean negative = bytes[start] == '-';
        int end = start + length;
        int at = negative ? start + 1 : start;
        long below = 0;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            below = below * 100_000_000 - Bytes.eightDigits(Bytes.word(bytes, at));
        }
        for (; at < end; at++) {
            below = below * 10 - (bytes[at] - '0');
        }
        return negative ? below : -below;
    }

    /**
     * The nearest double. Up to 15 digits without exponent, which is most of what is sent, take one
     * exact division (Clinger, How to Read Floating Point Numbers Accurately, PLDI 1990).
     */
    static double toDouble(byte[] bytes, int start, int length) {
        boolean negative = bytes[start] == '-';
        int end = start + length;
        long digits = 0;
        int point = -1;
        int at = negative ? start + 1 : start;
        if (length <= EXACT_DIGITS) {
            for (; at < end; at++) {
                byte c = bytes[at];
                if (c >= '0' && c <= '9') {
                    digits = digits * 10 + (c - '0');
                } else if (c == '.') {
                    point = at;
                } else {
                    break;
                }
            }
            if (at == end) {
                double value = point < 0 ? digits : digits / POWERS[end - point - 1];
                return negative ? -value : value;
            }
        }
        return Double.parseDouble(new String(bytes, start, length, StandardCharsets.ISO_8859_1));
    }
}
