package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.KeyBuffer;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/**
 * Deltas of an aggregate whose windows are made of slices: one partial row per slice of event time
 * and group. For tumbling windows a slice is the window.
 */
final class SliceDeltas implements Deltas {
    /** Longs before an accumulator: zero, for the use of the table that takes it over. */
    static final int LEAD = 1;

    private final Aggregation aggregation;
    private final Slices cuts;
    private final Map<Long, GroupTable> slices = new HashMap<>();

    /* Events come nearly in order, so the slice of the last one is the slice of the next one. */
    private long lastStartMs;
    private long lastEndMs;
    private @Nullable GroupTable last;

    /* Slices side by side have about as many groups, and a table that need not grow costs half. */

    /** What a slice that starts at {@link #expectedMs} or later is likely to need. */
    private GroupTable.Room expected = GroupTable.Room.LEAST;

    private long expectedMs;

    private long bytes;

    SliceDeltas(Aggregation aggregation, Slices cuts) {
        this.aggregation = aggregation;
        this.cuts = cuts;
    }

    @Override
    public Aggregation aggregation() {
        return aggregation;
    }

    @Override
    public boolean isEmpty() {
        return slices.isEmpty();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public Deltas next() {
        SliceDeltas next = new SliceDeltas(aggregation, cuts);
        next.expected = last == null ? GroupTable.Room.LEAST : last.roomForAnother();
        next.expectedMs = lastStartMs;
        return next;
    }

    @Override
    public void add(Event event, KeyBuffer key) {
        GroupTable groups = slice(event.timestampMs());
        int rows = groups.size();
        int row = groups.findOrAdd(key);
        aggregation.add(event, groups, row);
        bytes += aggregation.sketchBytes();
        if (groups.size() > rows) {
            bytes += aggregation.rowBytes(LEAD) + key.length();
        }
    }

    private GroupTable slice(long timestampMs) {
        GroupTable groups = last;
        if (groups == null || timestampMs < lastStartMs || timestampMs >= lastEndMs) {
            if (groups != null && lastStartMs >= expectedMs) {
                expected = groups.roomForAnother();
                expectedMs = lastStartMs;
            }
            lastStartMs = cuts.startOf(timestampMs);
            lastEndMs = cuts.endOf(lastStartMs);
            groups = slices.computeIfAbsent(lastStartMs, this::newTable);
            last = groups;
        }
        return groups;
    }

    private GroupTable newTable(long startMs) {
        bytes += GroupTable.EMPTY_BYTES;
        return aggregation.newTable(LEAD, startMs >= expectedMs ? expected : GroupTable.Room.LEAST);
    }

    /** Slices by their start; they belong to the caller. */
    Map<Long, GroupTable> slices() {
        return slices;
    }
}
