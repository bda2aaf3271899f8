package dev.millrace.core.aggregate;

import dev.millrace.core.port.WindowRows;

import java.time.Duration;
import java.util.Collection;
import java.util.TreeMap;

/**
 * The slices of an aggregate that are held in memory: whole from the first that events normally
 * still reach, which is the one that ends within the lateness before the watermark; an older one
 * only from a correction to the next commit, and only the groups that it touches. For tumbling
 * windows, a slice is the window. Confined to one thread.
 */
final class SliceTables {
    private final Windows.Sliced cuts;
    private final WindowRows stored;
    private final TreeMap<Long, WindowTable> tables = new TreeMap<>();
    private Aggregation aggregation;
    private long watermarkMs;

    /** Slices that start before this are not held whole. Never falls. */
    private long heldFromMs;

    private long overflowed;

    /** Takes up the slices as they were committed at {@code watermarkMs}. */
    SliceTables(Aggregation aggregation, Windows.Sliced cuts, WindowRows stored, long watermarkMs) {
        this.cuts = cuts;
        this.aggregation = aggregation;
        this.stored = stored;
        this.watermarkMs = watermarkMs;
        this.heldFromMs = firstReachable();
        stored.rows(
                aggregation.number(),
                heldFromMs,
                Long.MAX_VALUE,
                null,
                (startMs, group, value) -> {
                    table(startMs).load(group, value);
                    return true;
                });
    }

    Aggregation aggregation() {
        return aggregation;
    }

    void redefine(Aggregation changed) {
        aggregation = changed;
    }

    long watermarkMs() {
        return watermarkMs;
    }

    /** Those that are held, in order of time. */
    Collection<WindowTable> tables() {
        return tables.values();
    }

    long groups() {
        return tables.values().stream().mapToLong(WindowTable::size).sum();
    }

    long overflowed() {
        return overflowed;
    }

    void merge(SliceDeltas deltas) {
        int maxGroups = aggregation.definition().maxGroups();
        deltas.slices()
                .forEach((startMs, groups) ->
                        overflowed += table(startMs).merge(groups, maxGroups, stored));
    }

    void raiseWatermark(long newWatermarkMs) {
        watermarkMs = newWatermarkMs;
    }

    /** Lets go of the slices that events do not normally reach any more. */
    void release() {
        heldFromMs = Math.max(heldFromMs, firstReachable());
        tables.headMap(heldFromMs).clear();
    }

    long keptFromMs(Duration keep) {
        return cuts.keptFromMs(watermarkMs, keep);
    }

    private WindowTable table(long startMs) {
        return tables.computeIfAbsent(
                startMs,
                _ -> {
                    long endMs = cuts.slices().endOf(startMs);
                    return new WindowTable(
                            aggregation, startMs, endMs, startMs >= heldFromMs, isClosed(endMs));
                });
    }

    /** Whether a row of a slice is final; of a sliding aggregate none is, its windows' rows are. */
    private boolean isClosed(long endMs) {
        return cuts.slicesPerWindow() == 1 && endMs <= watermarkMs;
    }

    private long firstReachable() {
        if (watermarkMs == Long.MIN_VALUE) {
            return Long.MIN_VALUE;
        }
        return cuts.slices().startOf(watermarkMs - aggregation.definition().lateness().toMillis());
    }
}
