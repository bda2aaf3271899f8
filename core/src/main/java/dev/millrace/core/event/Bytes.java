package dev.millrace.core.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight bytes of an array at a time. */
final class Bytes {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG_BIG_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** 2^64 divided by the golden ratio, odd. */
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private Bytes() {}

    /** The byte at {@code index} is the lowest. */
    static long word(byte[] bytes, int index) {
        return (long) LONG.get(bytes, index);
    }

    static void putBigEndian(byte[] bytes, int index, long value) {
        LONG_BIG_ENDIAN.set(bytes, index, value);
    }

    static long bigEndian(byte[] bytes, int index) {
        return (long) LONG_BIG_ENDIAN.get(bytes, index);
    }

    /** Up to the first eight bytes of a range as {@link #word}, zeros behind its end. */
    static long head(byte[] bytes, int start, int length) {
        if (length >= Long.BYTES) {
            return word(bytes, start);
        }
        long head = 0;
        for (int i = length - 1; i >= 0; i--) {
            head = head << 8 | (bytes[start + i] & 0xff);
        }
        return head;
    }

    /** A hash for tables in memory, eight bytes a step; not to be stored. */
    static int hash(byte[] bytes, int start, int length) {
        long hash = length * MIX;
        int end = start + length;
        int at = start;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash ^ word(bytes, at));
        }
        if (at < end) {
            hash = mix(hash ^ head(bytes, at, end - at));
        }
        return fold(hash);
    }

    /**
     * A hash of 64 bits for tables in memory, not to be stored. Of ranges of one length up to eight
     * bytes no two have the same. Only its high bits depend on every byte: see {@link #fold}.
     */
    static long longHash(byte[] bytes, int start, int length) {
        long hash = length * MIX;
        int end = start + length;
        int at = start;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash ^ word(bytes, at));
        }
        if (at < end) {
            hash = mix(hash ^ tail(bytes, at, end - at));
        }
        return hash;
    }

    /** The 32 bits of a {@link #longHash} to find a slot by. */
    static int fold(long hash) {
        return (int) (hash * MIX >>> Integer.SIZE);
    }

    /**
     * As {@link #head} of fewer than eight bytes, at one go where the array goes on behind them.
     */
    private static long tail(byte[] bytes, int start, int length) {
        return start + Long.BYTES <= bytes.length
                ? word(bytes, start) & -1L >>> Long.SIZE - Byte.SIZE * length
                : head(bytes, start, length);
    }

    private static long mix(long hash) {
        long product = hash * MIX;
        return product ^ product >>> Integer.SIZE;
    }
}
