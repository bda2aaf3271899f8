package dev.millrace.core.aggregate;

import java.util.function.LongConsumer;

/**
 * A set of 2 to {@value DistinctSketch#EXACT_MAX} hashes: an open-addressing table, 0 where free,
 * that doubles when it is full, from 8 places on when it is full to three quarters.
 */
final class DistinctFew implements DistinctSketch {
    /** Up to here a scan of the whole table is as fast as free places would make it. */
    private static final int SCANNED_MAX = 8;

    private long[] table;
    private int size;

    DistinctFew(long one, long other) {
        this.table = new long[2];
        this.size = 2;
        enter(one);
        enter(other);
    }

    private DistinctFew(DistinctFew original) {
        this.table = original.table.clone();
        this.size = original.size;
    }

    @Override
    public DistinctSketch add(long hash) {
        int mask = table.length - 1;
        int slot = (int) hash & mask;
        for (int probes = 0; probes <= mask && table[slot] != 0; probes++) {
            if (table[slot] == hash) {
                return this;
            }
            slot = (slot + 1) & mask;
        }
        if (size == EXACT_MAX) {
            DistinctEstimate estimate = new DistinctEstimate();
            DistinctSketch _ = addTo(estimate);
            return estimate.add(hash);
        }
        if (size == capacity()) {
            grow();
        }
        enter(hash);
        size++;
        return this;
    }

    private int capacity() {
        return table.length <= SCANNED_MAX ? table.length : table.length / 4 * 3;
    }

    private void grow() {
        long[] old = table;
        table = new long[2 * old.length];
        for (long hash : old) {
            if (hash != 0) {
                enter(hash);
            }
        }
    }

    private void enter(long hash) {
        int mask = table.length - 1;
        int slot = (int) hash & mask;
        while (table[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        table[slot] = hash;
    }

    DistinctSketch addTo(DistinctSketch other) {
        DistinctSketch into = other;
        for (long hash : table) {
            if (hash != 0) {
                into = into.add(hash);
            }
        }
        return into;
    }

    @Override
    public DistinctSketch copy() {
        return new DistinctFew(this);
    }

    void forEach(LongConsumer visitor) {
        for (long hash : table) {
            if (hash != 0) {
                visitor.accept(hash);
            }
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long count() {
        return size;
    }

    @Override
    public byte[] encode() {
        long[] hashes = new long[size];
        int next = 0;
        for (long hash : table) {
            if (hash != 0) {
                hashes[next++] = hash;
            }
        }
        return DistinctCodec.encode(hashes);
    }
}
