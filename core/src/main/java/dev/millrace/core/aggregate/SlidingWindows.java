package dev.millrace.core.aggregate;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import java.time.Duration;
import java.util.List;

/**
 * Windows that overlap, of which only the slices are kept: {@link SlidingRows} puts the windows
 * together when they are read. So an event touches one slice, however many windows hold it, and
 * what closes a window is an entry in the {@link ClosingLog}. A slice that events do not normally
 * reach any more is loaded for a correction, and stored as {@link SliceCodec} says. {@code
 * maxGroups} bounds the groups of a slice here, and those of a window there. Confined to one
 * thread.
 */
final class SlidingWindows implements AggregateWindows {
    private final Windows.Sliced cuts;
    private final WindowRows stored;
    private final SliceTables<SliceTable> slices;
    private final ClosingLog closings;

    /** Start of the newest slice that holds anything; {@link Long#MIN_VALUE}: none does. */
    private long newestMs;

    private long overflowed;

    SlidingWindows(
            Aggregation aggregation, Windows.Sliced cuts, WindowRows stored, long watermarkMs) {
        this.cuts = cuts;
        this.stored = stored;
        this.slices = new SliceTables<>(aggregation, cuts, watermarkMs, this::newTable);
        this.closings = new ClosingLog(aggregation.number(), cuts.slices(), stored);
        this.newestMs =
                stored.newestWindowStart(aggregation.number(), Long.MAX_VALUE)
                        .orElse(Long.MIN_VALUE);
        stored.rows(
                aggregation.number(),
                slices.heldFromMs(),
                Long.MAX_VALUE,
                null,
                (startMs, _, chunk) -> {
                    slices.table(startMs).load(chunk);
                    return true;
                });
    }

    private SliceTable newTable(long startMs) {
        SliceTable table = new SliceTable(aggregation(), startMs);
        if (startMs < slices.heldFromMs()) {
            stored.rows(
                    aggregation().number(),
                    startMs,
                    startMs + 1,
                    null,
                    (_, _, chunk) -> {
                        table.load(chunk);
                        return true;
                    });
        }
        return table;
    }

    @Override
    public Aggregation aggregation() {
        return slices.aggregation();
    }

    @Override
    public void redefine(Aggregation changed) {
        slices.redefine(changed);
    }

    @Override
    public List<Integer> states() {
        return List.of(aggregation().number(), ClosingLog.numberOf(aggregation().number()));
    }

    @Override
    public long groups() {
        return slices.tables().stream().mapToLong(SliceTable::size).sum();
    }

    /** While anything lies ahead, a window may close at the end of every slice. */
    @Override
    public long nextCloseMs() {
        long watermarkMs = slices.watermarkMs();
        if (newestMs == Long.MIN_VALUE || cuts.endOf(newestMs) <= watermarkMs) {
            return Long.MAX_VALUE;
        }
        if (watermarkMs == Long.MIN_VALUE) {
            return cuts.slices().endOf(slices.tables().iterator().next().startMs());
        }
        return cuts.slices().endOf(cuts.slices().startOf(watermarkMs));
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
                        overflowed += slices.table(startMs).merge(groups, maxGroups));
    }

    @Override
    public void advance(long newWatermarkMs, long revision, List<Commit.RowChange> changes) {
        slices.raiseWatermark(newWatermarkMs);
        for (SliceTable slice : slices.tables()) {
            slice.drainChanges(revision, changes);
            newestMs = Math.max(newestMs, slice.startMs());
        }
        closings.advance(newWatermarkMs, revision, changes);
        slices.release();
    }

    @Override
    public long keptFromMs(Duration keep) {
        return slices.keptFromMs(keep);
    }
}
