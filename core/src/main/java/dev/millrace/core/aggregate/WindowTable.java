package dev.millrace.core.aggregate;

import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import java.util.Arrays;
import java.util.List;

/**
 * The accumulators of one window, group by group, and which of them changed since the last commit.
 * A <em>whole</em> table holds every group that the window has; a <em>partial</em> one, made for
 * the correction of a window that was let go, fetches a group's accumulator when it is first
 * touched.
 */
final class WindowTable {
    private final Aggregation aggregation;
    private final long startMs;
    private final boolean whole;
    private final GroupTable groups;

    private boolean closed;
    private int[] changed = new int[16];
    private int changes;

    /** One long before the accumulator: 1 for a row that is among the changed ones. */
    private static final int MARK = 0;

    private static final int ACCUMULATOR = 1;

    WindowTable(Aggregation aggregation, long startMs, boolean whole, boolean closed) {
        this.aggregation = aggregation;
        this.startMs = startMs;
        this.whole = whole;
        this.closed = closed;
        this.groups = new GroupTable(ACCUMULATOR + aggregation.cells());
    }

    long endMs() {
        return aggregation.windows().endOf(startMs);
    }

    boolean isClosed() {
        return closed;
    }

    int size() {
        return groups.size();
    }

    /** Takes a row as it was committed. */
    void load(byte[] key, byte[] value) {
        KeyBuffer buffer = new KeyBuffer();
        buffer.set(key);
        int at = groups.at(groups.findOrAdd(buffer));
        RowCodec.decodeCells(value, groups.cells(), at + ACCUMULATOR, aggregation.cells());
    }

    /**
     * Adds what a partition handed over.
     *
     * @param maxGroups of a whole table; further groups go to that of the others
     * @return how many groups went to the group of the others
     */
    int merge(GroupTable deltas, int maxGroups, WindowRows stored) {
        int overflowed = 0;
        for (int from = 0; from < deltas.size(); from++) {
            int row = groups.find(deltas, from);
            if (row == GroupTable.NONE) {
                if (whole && groups.size() >= maxGroups) {
                    overflowed++;
                    row = other();
                } else {
                    row = enter(deltas, from, stored);
                }
            }
            int at = groups.at(row);
            aggregation.merge(deltas.cells(), deltas.at(from), groups.cells(), at + ACCUMULATOR);
            mark(row);
        }
        return overflowed;
    }

    private int enter(GroupTable deltas, int from, WindowRows stored) {
        int row = groups.findOrAdd(deltas, from);
        if (!whole) {
            byte[] value = stored.row(aggregation.number(), startMs, groups.key(row));
            if (value != null) {
                RowCodec.decodeCells(
                        value, groups.cells(), groups.at(row) + ACCUMULATOR, aggregation.cells());
            }
        }
        return row;
    }

    private int other() {
        KeyBuffer key = new KeyBuffer();
        key.set(aggregation.otherKey());
        return groups.findOrAdd(key);
    }

    /** Closes the window if its end has come: all its rows become final, and so change. */
    void closeUpTo(long watermarkMs) {
        if (!closed && endMs() <= watermarkMs) {
            closed = true;
            for (int row = 0; row < groups.size(); row++) {
                mark(row);
            }
        }
    }

    private void mark(int row) {
        int at = groups.at(row) + MARK;
        if (groups.cells()[at] == 0) {
            groups.cells()[at] = 1;
            if (changes == changed.length) {
                changed = Arrays.copyOf(changed, 2 * changes);
            }
            changed[changes++] = row;
        }
    }

    /** Hands over the rows that changed since the last time, under the revision of this commit. */
    void drainChanges(long revision, List<Commit.RowChange> out) {
        for (int i = 0; i < changes; i++) {
            int row = changed[i];
            int at = groups.at(row);
            groups.cells()[at + MARK] = 0;
            byte[] value =
                    RowCodec.encode(
                            revision,
                            closed,
                            groups.cells(),
                            at + ACCUMULATOR,
                            aggregation.cells());
            out.add(new Commit.RowChange(aggregation.number(), startMs, groups.key(row), value));
        }
        changes = 0;
    }
}
