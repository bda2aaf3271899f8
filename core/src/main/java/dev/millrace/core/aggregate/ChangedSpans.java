package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Spans of a {@link SpanTable} that a commit must write, in the order in which they changed.
 * Confined to one thread.
 *
 * <p>Of a span that changes once, what is to be written is copied while the processor has it at
 * hand: among a million spans, each is far away again when the commit writes it. One that changes
 * again is read from the table then.
 */
final class ChangedSpans implements Accumulators {
    private static final int FIRST_CAPACITY = 16;

    /**
     * Rows that are read from the table in one go, so that the processor waits for many at once.
     */
    private static final int STEP = 128;

    /** Receives what is to be written. */
    interface Visitor {
        /**
         * @param place of its accumulator in here
         */
        void span(int span, byte[] key, long firstMs, long lastMs, int place);
    }

    private final SpanTable table;
    private final int stride;
    private final int sketchesPerRow;

    /** By span: whether it is to be written. */
    private final BitSet changed = new BitSet();

    /** By span: whether what was copied no longer holds. */
    private final BitSet stale = new BitSet();

    private int size;
    private int[] spans = new int[FIRST_CAPACITY];
    private byte[] @Nullable [] keys = new byte[FIRST_CAPACITY][];
    private long[] cells;
    private @Nullable Sketch[] sketches;

    ChangedSpans(SpanTable table, AccumulatorRows rows) {
        this.table = table;
        this.stride = rows.stride();
        this.sketchesPerRow = rows.sketchesPerRow();
        this.cells = new long[FIRST_CAPACITY * stride];
        this.sketches = new Sketch[FIRST_CAPACITY * sketchesPerRow];
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
    public int at(int place) {
        return place * stride + SpanTable.LEAD;
    }

    @Override
    public int sketchesAt(int place) {
        return place * sketchesPerRow;
    }

    /**
     * A span has changed.
     *
     * @param from a table with its group's key at hand
     * @param group there
     */
    void add(int span, SpanTable from, int group) {
        if (changed.get(span)) {
            stale.set(span);
        } else {
            int place = enter(span);
            if (!stale.get(span)) {
                keys[place] = from.key(group);
                copy(place);
            }
        }
    }

    /** A span has changed, or is about to, and is read from the table when it is written. */
    void add(int span) {
        if (!changed.get(span)) {
            int _ = enter(span);
        }
        stale.set(span);
    }

    /** A span is about to become part of another; its number may go to a third. */
    void remove(int span) {
        if (changed.get(span)) {
            changed.clear(span);
            stale.set(span);
        }
    }

    private int enter(int span) {
        if (size == spans.length) {
            int capacity = Math.multiplyExact(size, 2);
            spans = Arrays.copyOf(spans, capacity);
            keys = Arrays.copyOf(keys, capacity);
            cells = Arrays.copyOf(cells, Math.multiplyExact(capacity, stride));
            sketches = Arrays.copyOf(sketches, Math.multiplyExact(capacity, sketchesPerRow));
        }
        changed.set(span);
        spans[size] = span;
        return size++;
    }

    private void copy(int place) {
        table.copy(spans[place], cells, place * stride, sketches, sketchesAt(place));
    }

    /** Visits every span that is to be written, once, and forgets them. */
    void drain(Visitor visitor) {
        for (int from = 0; from < size; from += STEP) {
            int end = Math.min(from + STEP, size);
            for (int place = from; place < end; place++) {
                if (stale.get(spans[place])) {
                    copy(place);
                }
            }
            for (int place = from; place < end; place++) {
                if (changed.get(spans[place])) {
                    changed.clear(spans[place]);
                    visit(place, visitor);
                }
            }
        }
        Arrays.fill(keys, 0, size, null);
        Arrays.fill(sketches, 0, sketchesAt(size), null);
        stale.clear();
        size = 0;
    }

    private void visit(int place, Visitor visitor) {
        int span = spans[place];
        byte[] key = stale.get(span) ? null : keys[place];
        int lead = place * stride;
        visitor.span(
                span,
                key == null ? table.key(table.groupOf(span)) : key,
                cells[lead + SpanTable.FIRST],
                cells[lead + SpanTable.LAST],
                place);
    }
}
