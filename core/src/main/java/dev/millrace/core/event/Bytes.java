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

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_HALVES = 0xf0f0f0f0f0f0f0f0L;
    private static final long DIGITS = '0' * ONES;

    /** Ten is the first that is no digit: added to it this reaches the next high half. */
    private static final long SIX = 6 * ONES;

    private Bytes() {}

    /** The byte at {@code index} is the lowest. */
    static long word(byte[] bytes, int index) {
        return (long) LONG.get(bytes, index);
    }

    /** How many of the first bytes of a {@link #word} are ASCII digits. */
    static int leadingDigits(long word) {
        long others = (word & HIGH_HALVES ^ DIGITS) | (word + SIX & HIGH_HALVES ^ DIGITS);
        return Long.numberOfTrailingZeros(others) >>> 3;
    }

    /** The number that eight ASCII digits of a {@link #word} make. */
    static int eightDigits(long word) {
        // Pairs, then fours, then all: ten, a hundred, ten thousand times the left and the right.
        long pairs = (word & 0x0f * ONES) * (1 + (10L << 8)) >>> 8;
        long fours = (pairs & 0x00ff00ff00ff00ffL) * (1 + (100L << 16)) >>> 16;
        return (int) ((fours & 0x0000ffff0000ffffL) * (1 + (10_000L << 32)) >>> 32);
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
