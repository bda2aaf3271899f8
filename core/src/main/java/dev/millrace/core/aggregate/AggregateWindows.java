package dev.millrace.core.aggregate;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import java.util.List;
import java.util.TreeMap;

/**
 * The windows of one aggregate: takes deltas, closes windows as the watermark passes their end,
 * corrects closed ones, and says which rows changed. Holds in memory the windows that an event may
 * still reach in time; older ones stay in the store and are fetched, group by group, when a
 * correction touches them.
 *
 * <p>Confined to one thread.
 */
public final class AggregateWindows {
    private final WindowRows stored;
    private final TreeMap<Long, WindowTable> windows = new TreeMap<>();
    private Aggregation aggregation;
    private long watermarkMs;

    /** Windows that start before this are not held whole. Never falls. */
    private long heldFromMs;

    private long overflowed;

    /**
     * Takes up the windows as they were committed at {@code watermarkMs}.
     *
     * @param watermarkMs {@link Long#MIN_VALUE} where there is none yet
     */
    public AggregateWindows(Aggregation aggregation, WindowRows stored, long watermarkMs) {
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

    public Aggregation aggregation() {
        return aggregation;
    }

    /** Goes on with a changed definition of the same state. */
    public void redefine(Aggregation changed) {
        aggregation = changed;
    }

    /** Groups held in memory. */
    public long groups() {
        return windows.values().stream().mapToLong(WindowTable::size).sum();
    }

    /** When the next window that is held closes; {@link Long#MAX_VALUE} where none is open. */
    public long nextCloseMs() {
        return windows.values().stream()
                .filter(window -> !window.isClosed())
                .mapToLong(WindowTable::endMs)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** How often a group went to the group of the others, since this was made. */
    public long overflowed() {
        return overflowed;
    }

    /** Adds what a partition handed over. */
    public void merge(Deltas deltas) {
        int maxGroups = aggregation.definition().maxGroups();
        deltas.slices()
                .forEach((startMs, groups) ->
                        overflowed +=
                                windows.computeIfAbsent(startMs, this::table)
                                        .merge(groups, maxGroups, stored));
    }

    /**
     * Moves the watermark on and hands over what changed since the last time: rows touched by
     * deltas, and all rows of the windows that this closes.
     *
     * @param revision of the commit that these changes become part of
     */
    public void advance(long newWatermarkMs, long revision, List<Commit.RowChange> changes) {
        watermarkMs = newWatermarkMs;
        for (WindowTable window : windows.values()) {
            window.closeUpTo(watermarkMs);
            window.drainChanges(revision, changes);
        }
        heldFromMs = Math.max(heldFromMs, firstReachable(watermarkMs));
        windows.headMap(heldFromMs).clear();
    }

    /** Rows of windows that start before this are no longer kept. */
    public long keptFromMs() {
        if (watermarkMs == Long.MIN_VALUE) {
            return Long.MIN_VALUE;
        }
        return aggregation
                .windows()
                .startOf(watermarkMs - aggregation.definition().keep().toMillis());
    }

    private WindowTable table(long startMs) {
        boolean closed = aggregation.windows().endOf(startMs) <= watermarkMs;
        return new WindowTable(aggregation, startMs, startMs >= heldFromMs, closed);
    }

    /** Start of the first window that an event which is not late may still belong to. */
    private long firstReachable(long atWatermarkMs) {
        if (atWatermarkMs == Long.MIN_VALUE) {
            return Long.MIN_VALUE;
        }
        return aggregation
                .windows()
                .startOf(atWatermarkMs - aggregation.definition().lateness().toMillis());
    }
}
