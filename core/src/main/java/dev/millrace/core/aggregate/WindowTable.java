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
    /** Longs before an accumulator: 1 for a row that is among the changed ones. */
    private static final int LEAD = 1;

    private static final int UNKNOWN = -1;

    /** Groups and rows that are taken in one step, see {@link GroupTable#findAll}. */
    private static final int STEP = 128;

    private final Aggregation aggregation;
    private final long startMs;
    private final long endMs;
    private final boolean whole;
    private final GroupTable groups;

    private boolean closed;
    private int[] changed = new int[16];
    private int changes;

    /** Rows in the store; counted when a partial table first needs to know. */
    private int storedGroups = UNKNOWN;

    /** Rows of this table that are not in the store. */
    private int added;

    WindowTable(Aggregation aggregation, long startMs, long endMs, boolean whole, boolean closed) {
        this.aggregation = aggregation;
        this.startMs = startMs;
        this.endMs = endMs;
        this.whole = whole;
        this.closed = closed;
        this.groups = aggregation.newTable(LEAD);
    }

    long startMs() {
        return startMs;
    }

    long endMs() {
        return endMs;
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
        load(buffer, value);
    }

    private void load(KeyBuffer buffer, byte[] value) {
        aggregation.decode(value, groups, groups.findOrAdd(buffer));
    }

    /**
     * Adds what a partition handed over.
     *
     * @param maxGroups further groups go to that of the others
     * @return how many groups did
     */
    int merge(GroupTable deltas, int maxGroups, WindowRows stored) {
        int overflowed = 0;
        int[] rows = new int[STEP];
        for (int from = 0; from < deltas.size(); from += STEP) {
            int count = Math.min(STEP, deltas.size() - from);
            groups.findAll(deltas, from, rows, count);
            for (int i = 0; i < count; i++) {
                int row =
                        rows[i] == GroupTable.NONE
                                ? enter(deltas, from + i, maxGroups, stored)
                                : rows[i];
                if (row == GroupTable.NONE) {
                    overflowed++;
                    row = enter(aggregation.otherKey(), Integer.MAX_VALUE, stored);
                }
                mark(row);
                rows[i] = row;
            }
            for (int i = 0; i < count; i++) {
                aggregation.merge(deltas, from + i, groups, rows[i]);
            }
        }
        return overflowed;
    }

    private int enter(GroupTable deltas, int from, int maxGroups, WindowRows stored) {
        return whole && groups.size() < maxGroups
                ? groups.findOrAdd(deltas, from)
                : enter(deltas.key(from), maxGroups, stored);
    }

    /** The row of a group, a new one if it must be and may; {@link GroupTable#NONE} if not. */
    private int enter(byte[] key, int maxGroups, WindowRows stored) {
        KeyBuffer buffer = new KeyBuffer();
        buffer.set(key);
        int row = groups.find(buffer);
        if (row != GroupTable.NONE) {
            return row;
        }
        byte[] value = whole ? null : stored.row(aggregation.number(), startMs, key);
        if (value != null) {
            load(buffer, value);
        } else if (groupsIn(stored) >= maxGroups) {
            return GroupTable.NONE;
        } else {
            added++;
        }
        return groups.findOrAdd(buffer);
    }

    /** How many groups the window has, those included that a partial table did not fetch. */
    private int groupsIn(WindowRows stored) {
        if (whole) {
            return groups.size();
        }
        if (storedGroups == UNKNOWN) {
            int[] count = {0};
            stored.rows(
                    aggregation.number(),
                    startMs,
                    startMs + 1,
                    null,
                    (_, _, _) -> {
                        count[0]++;
                        return true;
                    });
            storedGroups = count[0];
        }
        return storedGroups + added;
    }

    /** Closes the window if its end has come: all its rows become final, and so change. */
    void closeUpTo(long watermarkMs) {
        if (!closed && endMs <= watermarkMs) {
            closed = true;
            for (int row = 0; row < groups.size(); row++) {
                mark(row);
            }
        }
    }

    private void mark(int row) {
        int at = groups.leadAt(row);
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
        RowCodec.Head head = RowCodec.Head.of(revision, closed);
        byte[][] keys = new byte[STEP][];
        for (int from = 0; from < changes; from += STEP) {
            int count = Math.min(STEP, changes - from);
            groups.keys(changed, from, keys, count);
            for (int i = 0; i < count; i++) {
                groups.cells()[groups.leadAt(changed[from + i])] = 0;
            }
            for (int i = 0; i < count; i++) {
                int row = changed[from + i];
                byte[] value = aggregation.encode(head, groups, row);
                out.add(new Commit.RowChange(aggregation.number(), startMs, keys[i], value));
            }
        }
        changes = 0;
    }
}
