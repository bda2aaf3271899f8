package dev.millrace.core.aggregate;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import java.time.Duration;
import java.util.List;

/**
 * Windows side by side, each a slice. One that events do not normally reach any more is held only
 * as far as a correction touches it. Confined to one thread.
 */
final class TumblingWindows implements AggregateWindows {
    private final Windows.Sliced cuts;
    private final WindowRows stored;
    private final SliceTables<WindowTable> windows;
    private long overflowed;

    TumblingWindows(
            Aggregation aggregation, Windows.Sliced cuts, WindowRows stored, long watermarkMs) {
        this.cuts = cuts;
        this.stored = stored;
        this.windows = new SliceTables<>(aggregation, cuts, watermarkMs, this::newTable);
        stored.rows(
                aggregation.number(),
                windows.heldFromMs(),
                Long.MAX_VALUE,
                null,
                (startMs, group, value) -> {
                    windows.table(startMs).load(group, value);
                    return true;
                });
    }

    private WindowTable newTable(long startMs) {
        long endMs = cuts.endOf(startMs);
        return new WindowTable(
                aggregation(),
                startMs,
                endMs,
                startMs >= windows.heldFromMs(),
                endMs <= windows.watermarkMs());
    }

    @Override
    public Aggregation aggregation() {
        return windows.aggregation();
    }

    @Override
    public void redefine(Aggregation changed) {
        windows.redefine(changed);
    }

    @Override
    public List<Integer> states() {
        return List.of(aggregation().number());
    }

    @Override
    public long groups() {
        return windows.tables().stream().mapToLong(WindowTable::size).sum();
    }

    @Override
    public long nextCloseMs() {
        return windows.tables().stream()
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
        int maxGroups = aggregation().definition().maxGroups();
        ((SliceDeltas) deltas)
                .slices()
                .forEach((startMs, groups) ->
                        overflowed += windows.table(startMs).merge(groups, maxGroups, stored));
    }

    @Override
    public void advance(long newWatermarkMs, long revision, List<Commit.RowChange> changes) {
        windows.raiseWatermark(newWatermarkMs);
        for (WindowTable window : windows.tables()) {
            window.closeUpTo(newWatermarkMs);
            window.drainChanges(revision, changes);
        }
        windows.release();
    }

    @Override
    public long keptFromMs(Duration keep) {
        return windows.keptFromMs(keep);
    }
}
