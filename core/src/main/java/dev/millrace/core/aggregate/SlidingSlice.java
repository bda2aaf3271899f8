package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What one slice of a moving window holds: entries, each an accumulator of one of the window's
 * groups, led by a revision. Confined to one thread.
 */
final class SlidingSlice implements Accumulators {
    /** Longs before an accumulator: the revision of the row that it was read from. */
    static final int LEAD = 1;

    private static final int FIRST_CAPACITY = 16;

    private final Aggregation aggregation;
    private final int stride;

    /** Those of the entry that was added last, until they are taken. */
    private final @Nullable Sketch[] sketches;

    private long startMs;
    private int size;
    private int[] groups = new int[FIRST_CAPACITY];
    private long[] cells;

    SlidingSlice(Aggregation aggregation) {
        this.aggregation = aggregation;
        this.stride = LEAD + aggregation.cells();
        this.sketches = new Sketch[aggregation.sketches()];
        this.cells = new long[FIRST_CAPACITY * stride];
    }

    /** Becomes another slice, without entries. */
    SlidingSlice reuse(long newStartMs) {
        startMs = newStartMs;
        size = 0;
        return this;
    }

    long startMs() {
        return startMs;
    }

    int size() {
        return size;
    }

    /**
     * Adds an entry as it is stored.
     *
     * @return its number
     */
    int add(int group, long revision, ByteBuffer accumulator) {
        if (size == groups.length) {
            groups = Arrays.copyOf(groups, 2 * size);
            cells = Arrays.copyOf(cells, Math.multiplyExact(2 * size, stride));
        }
        int entry = size++;
        groups[entry] = group;
        cells[entry * stride] = revision;
        aggregation.decode(accumulator, this, entry);
        return entry;
    }

    /** The group of an entry. */
    int group(int entry) {
        return groups[entry];
    }

    /** Gives the groups other numbers. */
    void renumber(int[] numbers) {
        for (int entry = 0; entry < size; entry++) {
            groups[entry] = numbers[groups[entry]];
        }
    }

    @Override
    public long[] cells() {
        return cells;
    }

    /** Where the lead of an entry begins in {@link #cells}. */
    int leadAt(int entry) {
        return entry * stride;
    }

    @Override
    public int at(int entry) {
        return entry * stride + LEAD;
    }

    @Override
    public @Nullable Sketch[] sketches() {
        return sketches;
    }

    @Override
    public int sketchesAt(int entry) {
        return 0;
    }
}
