package dev.millrace.core.task;

import java.util.Arrays;

/**
 * Longs, first in, first out, that can be read at any place. They have running numbers, and keep
 * them. In chunks, so that the queue grows without copying and gives back what was dropped.
 * Confined to one thread.
 */
final class LongQueue {
    private static final int CHUNK_BITS = 11;
    static final int CHUNK = 1 << CHUNK_BITS;
    private static final long[] NONE = {};

    /** A ring, its length a power of two; chunk {@code n} is at {@code n} modulo that. */
    private long[][] chunks = {NONE, NONE};

    private long[] last = NONE;

    /** The chunk that was dropped last, for the next one; {@link #NONE} if there is none. */
    private long[] spare = NONE;

    private long first;
    private long end;

    /**
     * @param first the number of the first; a multiple of {@link #CHUNK}
     */
    LongQueue(long first) {
        if (first % CHUNK != 0) {
            throw new IllegalArgumentException(first + " is no multiple of " + CHUNK);
        }
        this.first = first;
        this.end = first;
    }

    /** The number of the first that was not dropped. */
    long first() {
        return first;
    }

    /** The number that the next one gets. */
    long end() {
        return end;
    }

    void add(long value) {
        int at = (int) end & CHUNK - 1;
        if (at == 0) {
            addChunk();
        }
        last[at] = value;
        end++;
    }

    /**
     * @param number from {@link #first} to before {@link #end}
     */
    long get(long number) {
        return chunks[index(number)][(int) number & CHUNK - 1];
    }

    /**
     * @param number up to {@link #end}
     */
    void dropBefore(long number) {
        for (; chunk(first) < chunk(number); first = (chunk(first) + 1) << CHUNK_BITS) {
            spare = chunks[index(first)];
            chunks[index(first)] = NONE;
        }
        first = number;
    }

    /** What it holds on to, for as many as are in it and up to three chunks. */
    long bytes() {
        long held = Arrays.stream(chunks).mapToLong(chunk -> chunk.length).sum();
        return (held + spare.length) * Long.BYTES;
    }

    private void addChunk() {
        if (chunk(end) - chunk(first) == chunks.length) {
            grow();
        }
        last = spare.length == CHUNK ? spare : new long[CHUNK];
        spare = NONE;
        chunks[index(end)] = last;
    }

    private void grow() {
        long[][] before = chunks;
        chunks = new long[2 * before.length][];
        Arrays.fill(chunks, NONE);
        for (long chunk = chunk(first); chunk < chunk(end); chunk++) {
            chunks[(int) chunk & chunks.length - 1] = before[(int) chunk & before.length - 1];
        }
    }

    private static long chunk(long number) {
        return number >>> CHUNK_BITS;
    }

    private int index(long number) {
        return (int) chunk(number) & chunks.length - 1;
    }
}
