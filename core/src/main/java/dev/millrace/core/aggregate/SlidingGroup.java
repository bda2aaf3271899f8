package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * What the slices of a moving window hold for one group: a queue of accumulators whose sum is known
 * at any time, after a constant number of additions per slice that enters or leaves.
 *
 * <p>Two stacks make the queue: in the front one, from which slices leave, each accumulator has
 * been added to all that follow it there; of the back one, into which slices enter, the sum is
 * kept. When the front is empty, the back becomes it. (Tangwongsan, Hirzel, Schneider: General
 * incremental sliding-window aggregation, VLDB 2015, who name it folklore.) Nothing is ever
 * subtracted, so that it serves every value. Confined to one thread.
 */
final class SlidingGroup implements Accumulators {
    /** Longs before an accumulator: the highest revision of the rows that it is made of. */
    private static final int LEAD = 1;

    /** The row of the back stack's sum. */
    private static final int BACK = 0;

    private static final int FIRST = 1;
    private static final int FIRST_CAPACITY = 4;

    private final Aggregation aggregation;
    private final byte[] key;
    private final int stride;
    private final int sketchesPerRow;
    private long[] cells;
    private @Nullable Sketch[] sketches;

    /** The oldest slice's row. */
    private int head = FIRST;

    /** The first row of the back stack. */
    private int flip = FIRST;

    private int tail = FIRST;

    SlidingGroup(Aggregation aggregation, byte[] key) {
        this.aggregation = aggregation;
        this.key = key;
        this.stride = LEAD + aggregation.cells();
        this.sketchesPerRow = aggregation.sketches();
        this.cells = new long[FIRST_CAPACITY * stride];
        this.sketches = new Sketch[FIRST_CAPACITY * sketchesPerRow];
    }

    byte[] key() {
        return key;
    }

    boolean isEmpty() {
        return head == tail;
    }

    /** Takes the row of the slice that enters. */
    void add(byte[] value) {
        if ((tail + 1) * stride > cells.length) {
            makeRoom();
        }
        aggregation.decode(value, this, tail);
        cells[revisionAt(tail)] = RowCodec.head(value).revision();
        plus(BACK, tail);
        tail++;
    }

    /** Lets the oldest slice go. */
    void removeOldest() {
        if (head == flip) {
            for (int row = tail - 2; row >= head; row--) {
                plus(row, row + 1);
            }
            flip = tail;
            clear(BACK);
        }
        clear(head++);
        if (isEmpty()) {
            head = FIRST;
            flip = FIRST;
            tail = FIRST;
        }
    }

    /** Fills row 0 of {@code sum} with the sum of all slices, of which there is one or more. */
    void sumInto(Accumulators sum) {
        boolean hasFront = head < flip;
        aggregation.copy(this, hasFront ? head : BACK, sum, 0);
        if (hasFront && flip < tail) {
            aggregation.mergeCopy(this, BACK, sum, 0);
        }
    }

    /** The highest revision of the rows of all slices. */
    long revision() {
        long back = cells[revisionAt(BACK)];
        return head < flip ? Math.max(cells[revisionAt(head)], back) : back;
    }

    private void plus(int row, int added) {
        aggregation.mergeCopy(this, added, this, row);
        cells[revisionAt(row)] = Math.max(cells[revisionAt(row)], cells[revisionAt(added)]);
    }

    private void clear(int row) {
        Arrays.fill(cells, row * stride, (row + 1) * stride, 0);
        Arrays.fill(sketches, sketchesAt(row), sketchesAt(row + 1), null);
    }

    /** Moves the rows to the front of the arrays, or makes the arrays larger, or both. */
    private void makeRoom() {
        int gone = head - FIRST;
        int held = tail - head;
        int capacity = cells.length / stride;
        boolean half = 2 * held > capacity;
        long[] newCells = half ? new long[2 * cells.length] : cells;
        System.arraycopy(cells, 0, newCells, 0, stride);
        System.arraycopy(cells, head * stride, newCells, FIRST * stride, held * stride);
        @Nullable Sketch[] newSketches = half ? new Sketch[2 * sketches.length] : sketches;
        System.arraycopy(sketches, 0, newSketches, 0, sketchesPerRow);
        System.arraycopy(
                sketches, sketchesAt(head), newSketches, sketchesAt(FIRST), held * sketchesPerRow);
        cells = newCells;
        sketches = newSketches;
        head -= gone;
        flip -= gone;
        tail -= gone;
        if (!half) {
            Arrays.fill(sketches, sketchesAt(tail), sketches.length, null);
        }
    }

    private int revisionAt(int row) {
        return row * stride;
    }

    @Override
    public long[] cells() {
        return cells;
    }

    @Override
    public @Nullable Sketch[] sketches() {
        return sketches;
    }

    @Override
    public int at(int row) {
        return row * stride + LEAD;
    }

    @Override
    public int sketchesAt(int row) {
        return row * sketchesPerRow;
    }
}
