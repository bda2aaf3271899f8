package dev.millrace.core.aggregate;

import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One window put together from the stored rows of shorter ones. Groups enter in the order in which
 * rows are added; those beyond {@code maxGroups} are merged into {@link Aggregation#OTHER}, which
 * does not count. Its memory grows with groups, not with rows. Confined to one thread.
 */
final class WindowAssembly {
    /** Longs before an accumulator: the highest revision of the rows that it is made of. */
    private static final int LEAD = 1;

    private final Aggregation aggregation;
    private final int maxGroups;
    private final byte[] otherKey;
    private final GroupTable groups;
    private final GroupTable one;
    private final KeyBuffer key = new KeyBuffer();
    private int ordinary;

    WindowAssembly(Aggregation aggregation) {
        this.aggregation = aggregation;
        this.maxGroups = aggregation.definition().maxGroups();
        this.otherKey = aggregation.otherKey();
        this.groups = aggregation.newTable(LEAD);
        this.one = aggregation.newRow();
    }

    boolean isEmpty() {
        return groups.size() == 0;
    }

    /** Adds a row as {@link RowCodec} writes it. */
    void addRow(byte[] group, byte[] value) {
        key.set(group);
        add(key, RowCodec.head(value).revision(), RowCodec.accumulator(value));
    }

    /** Adds a row as {@link SliceCodec} writes it. */
    void addChunk(byte[] value) {
        SliceCodec.decode(value, key, this::add);
    }

    private void add(KeyBuffer group, long revision, ByteBuffer accumulator) {
        int row = groups.find(group);
        if (row == GroupTable.NONE) {
            row = enter(group);
        }
        aggregation.decode(accumulator, one, 0);
        aggregation.merge(one, 0, groups, row);
        int revisionAt = groups.leadAt(row);
        groups.cells()[revisionAt] = Math.max(groups.cells()[revisionAt], revision);
    }

    private int enter(KeyBuffer group) {
        if (!group.holds(otherKey)) {
            if (ordinary < maxGroups) {
                ordinary++;
            } else {
                group.set(otherKey);
            }
        }
        return groups.findOrAdd(group);
    }

    /**
     * Visits the rows by group key.
     *
     * @param after the key of a group after which to begin, or null
     * @param leastRevision of a row: that of the commit which closed the window
     * @return false if the visitor had enough
     */
    boolean visit(
            long startMs,
            long endMs,
            boolean isFinal,
            long leastRevision,
            byte @Nullable [] after,
            RowSource.RowVisitor visitor) {
        FoundRow found = new FoundRow(aggregation);
        for (int row : groups.byKey()) {
            byte[] group = groups.key(row);
            if (after != null && Arrays.compareUnsigned(group, after) <= 0) {
                continue;
            }
            long revision = Math.max(leastRevision, groups.cells()[groups.leadAt(row)]);
            if (!visitor.row(
                    found.moveTo(
                            startMs,
                            endMs,
                            group,
                            index -> aggregation.value(index, groups, row),
                            revision,
                            isFinal))) {
                return false;
            }
        }
        return true;
    }

    /** What of a place lies within the window that starts at {@code startMs}. */
    static byte @Nullable [] groupAt(WindowRows.@Nullable Place place, long startMs) {
        return place != null && place.windowStartMs() == startMs ? place.group() : null;
    }
}
