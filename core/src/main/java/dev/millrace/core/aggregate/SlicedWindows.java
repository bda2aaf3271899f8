package dev.millrace.core.aggregate;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import java.util.List;
import java.util.TreeMap;

/** Windows made of slices. Confined to one thread. */
final class SlicedWindows implements AggregateWindows {
    private final Windows.Sliced cuts;
    private final WindowRows stored;
    private final TreeMap<Long, WindowTable> windows = new TreeMap<>();
    private Aggregation aggregation;
    private long watermarkMs;

    /** Windows that start before this are not held whole. Never falls. */
    private long heldFromMs;

    private long overflowed;

    SlicedWindows(
            Aggregation aggregation, Windows.Sliced cuts, WindowRows stored, long watermarkMs) {
        this.cuts = cuts;
        this.aggregation = aggregation;
        this.stored = stored;
        this.watermarkMs = watermarkMs;
        this.heldFromMs = firstReachable(watermarkMs);
        stored.rows(
                aggregation.number(),
                heldFromMs,
                Long.MAX_VALUE,
                null,
                (startMs, group, value) -> {
                    windows.computeIfAbsent(startMs, this::table).load(group, value);
                    return true;
                });
    }

    @Override
    public Aggregation aggregation() {
        return aggregation;
    }

    @Override
    public void redefine(Aggregation changed) {
        aggregation = changed;
    }

    @Override
    public long groups() {
        return windows.values().stream().mapToLong(WindowTable::size).sum();
    }

    @Override
    public long nextCloseMs() {
        return windows.values().stream()
                .filter(window -> !window.isClosed())
                .mapToLong(WindowTable::endMs)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    @Override
    public long overflowed() {
        return overflowed;
    }

    @Override
    public void merge(Deltas deltas) {
        int maxGroups = aggregation.definition().maxGroups();
        ((SliceDeltas) deltas)
                .slices()
                .forEach((startMs, groups) ->
                        overflowed +=
                                windows.computeIfAbsent(startMs, this::table)
                                        .merge(groups, maxGroups, stored));
    }

    @Override
    public void advance(long newWatermarkMs, long revision, List<Commit.RowChange> changes) {
        watermarkMs = newWatermarkMs;
        for (WindowTable window : windows.values()) {
            window.closeUpTo(watermarkMs);
            window.drainChanges(revision, changes);
        }
        heldFromMs = Math.max(heldFromMs, firstReachable(watermarkMs));
        windows.headMap(heldFromMs).clear();
    }

    @Override
    public long keptFromMs() {
        if (watermarkMs == Long.MIN_VALUE) {
            return Long.MIN_VALUE;
        }
        return cuts.slices().startOf(watermarkMs - aggregation.definition().keep().toMillis());
    }

    private WindowTable table(long startMs) {
        boolean closed = cuts.endOf(startMs) <= watermarkMs;
        return new WindowTable(
                aggregation, startMs, cuts.endOf(startMs), startMs >= heldFromMs, closed);
    }

    /** Start of the first window that an event which is not late may still belong to. */
    private long firstReachable(long atWatermarkMs) {
        if (atWatermarkMs == Long.MIN_VALUE) {
            return Long.MIN_VALUE;
        }
        return cuts.slices()
                .startOf(atWatermarkMs - aggregation.definition().lateness().toMillis());
    }
}
