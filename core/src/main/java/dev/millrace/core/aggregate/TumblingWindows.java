package dev.millrace.core.aggregate;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import java.time.Duration;
import java.util.List;

/** Windows side by side, each a slice. Confined to one thread. */
final class TumblingWindows implements AggregateWindows {
    private final SliceTables windows;

    TumblingWindows(
            Aggregation aggregation, Windows.Sliced cuts, WindowRows stored, long watermarkMs) {
        this.windows = new SliceTables(aggregation, cuts, stored, watermarkMs);
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
        return windows.groups();
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
        return windows.overflowed();
    }

    @Override
    public void merge(Deltas deltas) {
        windows.merge((SliceDeltas) deltas);
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

    @Override
    public long longestMs() {
        return 0;
    }
}
