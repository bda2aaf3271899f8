package dev.millrace.core.aggregate;

import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.port.Commit;

import java.util.BitSet;
import java.util.List;

/**
 * The groups of one slice of a sliding aggregate, all of them, and which of the stored rows that
 * hold them changed since the last commit. Confined to one thread.
 */
final class SliceTable {
    /**
     * The lead of a group that changed since the last commit; else it is that commit's revision.
     */
    private static final long CHANGED = 0;

    private final Aggregation aggregation;
    private final long startMs;
    private final BitSet changedChunks = new BitSet();
    private GroupTable groups;

    SliceTable(Aggregation aggregation, long startMs) {
        this.aggregation = aggregation;
        this.startMs = startMs;
        this.groups = aggregation.newTable(SliceDeltas.LEAD);
    }

    long startMs() {
        return startMs;
    }

    int size() {
        return groups.size();
    }

    /** Takes a stored row; they come in order. */
    void load(byte[] stored) {
        SliceCodec.decode(
                stored,
                new KeyBuffer(),
                (key, revision, accumulator) -> {
                    int row = groups.findOrAdd(key);
                    groups.cells()[groups.leadAt(row)] = revision;
                    aggregation.decode(accumulator, groups, row);
                });
    }

    /**
     * Adds what a partition handed over.
     *
     * @param maxGroups further groups go to that of the others
     * @return how many groups did
     */
    int merge(GroupTable deltas, int maxGroups) {
        if (groups.size() == 0 && deltas.size() <= maxGroups) {
            // All its leads are zero: every group changed.
            groups = deltas;
            changedChunks.set(0, chunkOf(groups.size() - 1) + 1);
            return 0;
        }
        int overflowed = 0;
        for (int from = 0; from < deltas.size(); from++) {
            int row = groups.find(deltas, from);
            if (row == GroupTable.NONE) {
                if (groups.size() < maxGroups) {
                    row = groups.add(deltas, from);
                } else {
                    overflowed++;
                    row = other();
                }
            }
            aggregation.merge(deltas, from, groups, row);
            groups.cells()[groups.leadAt(row)] = CHANGED;
            changedChunks.set(chunkOf(row));
        }
        return overflowed;
    }

    private int other() {
        KeyBuffer key = new KeyBuffer();
        key.set(aggregation.otherKey());
        return groups.findOrAdd(key);
    }

    private static int chunkOf(int row) {
        return row / SliceCodec.CHUNK;
    }

    /** Hands over the rows that changed since the last time, under the revision of this commit. */
    void drainChanges(long revision, List<Commit.RowChange> out) {
        for (int chunk = changedChunks.nextSetBit(0);
                chunk >= 0;
                chunk = changedChunks.nextSetBit(chunk + 1)) {
            int end = Math.min((chunk + 1) * SliceCodec.CHUNK, groups.size());
            for (int row = chunk * SliceCodec.CHUNK; row < end; row++) {
                int lead = groups.leadAt(row);
                if (groups.cells()[lead] == CHANGED) {
                    groups.cells()[lead] = revision;
                }
            }
            byte[] value = SliceCodec.encode(aggregation, groups, chunk);
            out.add(
                    new Commit.RowChange(
                            aggregation.number(), startMs, SliceCodec.key(chunk), value));
        }
        changedChunks.clear();
    }
}
