package dev.millrace.core.aggregate;

import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * The rows of an aggregate as they are seen from outside, by window start, then by the group key's
 * bytes: stored as they are, or put together of what is stored. Retracted rows are left out.
 *
 * <p>What one call visits is of one moment of the store. Immutable; as safe for use by many threads
 * as the store.
 */
public sealed interface RowSource permits StoredRows, SlidingRows, RolledUpRows {
    /**
     * The rows of an aggregate as of a commit.
     *
     * @param watermarkMs of that commit; {@link Long#MIN_VALUE} where there is none yet. A sliding
     *     window that ends at or before it is final
     * @param nowMs the newest event, or the host's clock if that is later. The current window of a
     *     tumbling aggregate is the newest that has begun by then; the one window of a sliding
     *     aggregate that has early rows is the one with the smallest end after it (and after the
     *     watermark, if {@code advance} has moved that ahead)
     * @param floorMs what was stored up to then is gone, whatever {@code keep} is now; {@link
     *     Long#MIN_VALUE} where nothing is. A sliding window that has lost a slice has no rows
     */
    static RowSource of(
            Aggregation aggregation,
            WindowRows stored,
            long watermarkMs,
            long nowMs,
            long floorMs) {
        return switch (aggregation.windows()) {
            case Windows.Sliced sliced when sliced.slicesPerWindow() > 1 ->
                    new SlidingRows(
                            aggregation,
                            sliced,
                            stored,
                            VisibleWindows.of(aggregation, sliced, watermarkMs, nowMs, floorMs));
            case Windows.Sliced _, Windows.Sessions _ ->
                    new StoredRows(aggregation, stored, watermarkMs, nowMs);
        };
    }

    /** The rows of an aggregate of which nothing is gone that its {@code keep} covers. */
    static RowSource of(Aggregation aggregation, WindowRows stored, long watermarkMs, long nowMs) {
        return of(aggregation, stored, watermarkMs, nowMs, Long.MIN_VALUE);
    }

    /**
     * The rows of a tumbling aggregate, rolled up into longer windows.
     *
     * @param size of those; a multiple of the aggregate's own
     * @param watermarkMs as for {@link #of}
     * @param nowMs as for {@link #of}
     * @throws IllegalArgumentException if the aggregate is not tumbling, or not of windows that
     *     {@code size} is a multiple of
     */
    static RowSource rolledUp(
            Aggregation aggregation,
            WindowRows stored,
            Duration size,
            long watermarkMs,
            long nowMs) {
        return RolledUpRows.of(aggregation, stored, size, watermarkMs, nowMs);
    }

    /**
     * Visits the rows with {@code fromMs <= windowStart < toMs}.
     *
     * @param after the place of a row after which to begin, or null
     */
    void rows(long fromMs, long toMs, WindowRows.@Nullable Place after, RowVisitor visitor);

    /**
     * Visits the rows of what is going on now: of the current window, or of a sliding aggregate's
     * early one, or of the sessions that are open.
     *
     * @param after the place of a row after which to begin, or null
     */
    void latest(WindowRows.@Nullable Place after, RowVisitor visitor);

    /**
     * Start of the one window that {@link #latest} visits; empty where it visits sessions, or where
     * there are no rows.
     */
    OptionalLong latestStart();

    /** Receives rows. */
    @FunctionalInterface
    interface RowVisitor {
        /** Return false to stop. */
        boolean row(FoundRow row);
    }
}
