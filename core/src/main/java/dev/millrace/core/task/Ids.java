package dev.millrace.core.task;

import java.util.Arrays;

/** A growing list of 128-bit ids, two longs each. */
final class Ids {
    private long[] longs = new long[256];
    private int length;

    void add(long high, long low) {
        if (length == longs.length) {
            longs = Arrays.copyOf(longs, 2 * length);
        }
        longs[length++] = high;
        longs[length++] = low;
    }

    long bytes() {
        return (long) length * Long.BYTES;
    }

    long[] take() {
        long[] taken = Arrays.copyOf(longs, length);
        length = 0;
        return taken;
    }
}
