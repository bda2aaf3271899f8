package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Accumulators that come and go, without keys: a row that was given back is used again. Before each
 * accumulator stand a few longs for the use of the owner. Flat arrays, which never shrink. Confined
 * to one thread.
 */
final class AccumulatorRows implements Accumulators {
    private static final int FIRST_CAPACITY = 16;

    private final int lead;
    private final int stride;
    private final int sketchesPerRow;
    private long[] cells;
    private @Nullable Sketch[] sketches;
    private int capacity;
    private int used;

    /** Rows that were given back, as a stack. */
    private int[] free = new int[FIRST_CAPACITY];

    private int freed;

    /**
     * @param lead longs of a row before its accumulator, for the use of the table's owner
     * @param cells longs of its accumulator
     * @param sketches objects of its accumulator
     * @param expected rows that fit before it first grows
     */
    AccumulatorRows(int lead, int cells, int sketches, int expected) {
        this.lead = lead;
        this.stride = lead + cells;
        this.sketchesPerRow = sketches;
        this.capacity = Math.max(FIRST_CAPACITY, expected);
        this.cells = new long[Math.multiplyExact(capacity, stride)];
        this.sketches = new Sketch[Math.multiplyExact(capacity, sketches)];
    }

    /** Longs of a row, its lead included. */
    int stride() {
        return stride;
    }

    int sketchesPerRow() {
        return sketchesPerRow;
    }

    /** Copies a row, its lead included. */
    void copy(
            int row,
            long[] intoCells,
            int cellsAt,
            @Nullable Sketch[] intoSketches,
            int intoSketchesAt) {
        System.arraycopy(cells, leadAt(row), intoCells, cellsAt, stride);
        for (int i = 0; i < sketchesPerRow; i++) {
            intoSketches[intoSketchesAt + i] = sketches[sketchesAt(row) + i];
        }
    }

    /** The longs of all rows, leads included. */
    @Override
    public long[] cells() {
        return cells;
    }

    @Override
    public @Nullable Sketch[] sketches() {
        return sketches;
    }

    /** Where the lead of a row begins in {@link #cells}. */
    int leadAt(int row) {
        return row * stride;
    }

    @Override
    public int at(int row) {
        return row * stride + lead;
    }

    @Override
    public int sketchesAt(int row) {
        return row * sketchesPerRow;
    }

    /** A row of zeros: one that was given back, else the next. */
    int addRow() {
        if (freed > 0) {
            return free[--freed];
        }
        if (used == capacity) {
            capacity = Math.multiplyExact(capacity, 2);
            cells = Arrays.copyOf(cells, Math.multiplyExact(capacity, stride));
            sketches = Arrays.copyOf(sketches, Math.multiplyExact(capacity, sketchesPerRow));
        }
        return used++;
    }

    /** Empties a row, for {@link #addRow} to give out again. */
    void freeRow(int row) {
        Arrays.fill(cells, leadAt(row), leadAt(row) + stride, 0);
        Arrays.fill(sketches, sketchesAt(row), sketchesAt(row) + sketchesPerRow, null);
        if (freed == free.length) {
            free = Arrays.copyOf(free, 2 * freed);
        }
        free[freed++] = row;
    }
}
