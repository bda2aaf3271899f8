package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What the slices of a moving window hold for one group: a queue of accumulators whose sum is known
 * at any time, after a constant number of additions per slice that enters or leaves.
 *
 * <p>Two stacks make the queue: in the front one, from which slices leave, each accumulator has
 * been added to all that follow it there; of the back one, into which slices enter, the sum is
 * kept. When the front is empty, the back becomes it. (Tangwongsan, Hirzel, Schneider: General
 * incremental sliding-window aggregation, VLDB 2015, who name it folklore.) Nothing is ever
 * subtracted, so that it serves every value and keeps every digit. Confined to one thread.
 */
final class SlidingGroup implements Accumulators, RowValues {
    /** Longs before an accumulator: the highest revision of the rows that it is made of. */
    private static final int LEAD = 1;

    /** The row of the back stack's sum. */
    private static final int BACK = 0;

    /** The row of the sum of both stacks. */
    private static final int SUM = 1;

    private static final int FIRST = 2;
    private static final int FIRST_CAPACITY = 4;

    private final Aggregation aggregation;
    private final byte[] key;
    private final int stride;
    private final List<SlidingSketch> slidingSketches;

    /** Those of the slice that enters. */
    private final @Nullable Sketch[] sketches;

    private long[] cells;

    /** The oldest slice's row. */
    private int head = FIRST;

    /** The first row of the back stack. */
    private int flip = FIRST;

    private int tail = FIRST;
    private boolean isOrdered;

    /** Whether the sum is that of what is there now. */
    private boolean isSummed;

    SlidingGroup(Aggregation aggregation, byte[] key) {
        this.aggregation = aggregation;
        this.key = key;
        this.stride = LEAD + aggregation.cells();
        this.slidingSketches = aggregation.newSlidingSketches();
        this.sketches = new Sketch[slidingSketches.size()];
        this.cells = new long[FIRST_CAPACITY * stride];
    }

    byte[] key() {
        return key;
    }

    boolean isEmpty() {
        return head == tail;
    }

    /** Whether it has a place in the order of the window's groups, or waits for one. */
    boolean isOrdered() {
        return isOrdered;
    }

    void setOrdered(boolean newIsOrdered) {
        isOrdered = newIsOrdered;
    }

    /** Takes what the slice that enters holds. */
    void add(long revision, ByteBuffer accumulator) {
        if ((tail + 1) * stride > cells.length) {
            makeRoom();
        }
        isSummed = false;
        aggregation.decode(accumulator, this, tail);
        cells[tail * stride] = revision;
        plus(BACK, tail);
        tail++;
        for (int i = 0; i < sketches.length; i++) {
            slidingSketches.get(i).add(sketches[i]);
            sketches[i] = null;
        }
    }

    /** Lets the oldest slice go. */
    void removeOldest() {
        isSummed = false;
        if (head == flip) {
            for (int row = tail - 2; row >= head; row--) {
                plus(row, row + 1);
            }
            flip = tail;
            Arrays.fill(cells, BACK * stride, (BACK + 1) * stride, 0);
        }
        head++;
        slidingSketches.forEach(SlidingSketch::removeOldest);
    }

    /** Adds up what is there now, of which {@link #value} and {@link #revision} then tell. */
    void sum() {
        if (isSummed) {
            return;
        }
        isSummed = true;
        int from = head < flip ? head : BACK;
        System.arraycopy(cells, from * stride, cells, SUM * stride, stride);
        if (from != BACK && flip < tail) {
            plus(SUM, BACK);
        }
    }

    /** The highest revision of the rows that were added up. */
    long revision() {
        return cells[SUM * stride];
    }

    @Override
    public @Nullable Object value(int index) {
        int sketch = aggregation.sketchOf(index);
        return sketch < 0
                ? aggregation.value(index, this, SUM)
                : slidingSketches.get(sketch).result();
    }

    private void plus(int row, int added) {
        aggregation.mergeCells(cells, at(added), at(row));
        cells[row * stride] = Math.max(cells[row * stride], cells[added * stride]);
    }

    /** Moves the rows to the front of the array, or to one twice as large. */
    private void makeRoom() {
        int held = tail - head;
        long[] target =
                2 * (FIRST + held) * stride > cells.length ? new long[2 * cells.length] : cells;
        System.arraycopy(cells, 0, target, 0, FIRST * stride);
        System.arraycopy(cells, head * stride, target, FIRST * stride, held * stride);
        cells = target;
        flip -= head - FIRST;
        head = FIRST;
        tail = FIRST + held;
    }

    @Override
    public long[] cells() {
        return cells;
    }

    @Override
    public int at(int row) {
        return row * stride + LEAD;
    }

    @Override
    public @Nullable Sketch[] sketches() {
        return sketches;
    }

    @Override
    public int sketchesAt(int row) {
        return 0;
    }
}
