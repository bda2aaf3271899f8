package dev.millrace.core.aggregate;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The windows of one aggregate: takes deltas, closes windows as the watermark passes their end,
 * corrects closed ones, and says which rows changed. Holds in memory what events may still reach in
 * time; the rest stays in the store and is fetched when a correction touches it.
 *
 * <p>Confined to one thread.
 */
public sealed interface AggregateWindows permits TumblingWindows, SlidingWindows, SessionWindows {
    /**
     * Takes up the windows as they were committed at {@code watermarkMs}.
     *
     * @param watermarkMs {@link Long#MIN_VALUE} where there is none yet
     * @param marks what {@link #sessionMarks} was then
     */
    static AggregateWindows open(
            Aggregation aggregation, WindowRows stored, long watermarkMs, SessionMarks marks) {
        return switch (aggregation.windows()) {
            case Windows.Sliced sliced when sliced.slicesPerWindow() == 1 ->
                    new TumblingWindows(aggregation, sliced, stored, watermarkMs);
            case Windows.Sliced sliced ->
                    new SlidingWindows(aggregation, sliced, stored, watermarkMs);
            case Windows.Sessions sessions ->
                    new SessionWindows(aggregation, sessions, stored, watermarkMs, marks);
        };
    }

    Aggregation aggregation();

    /** Goes on with a changed definition of the same state. */
    void redefine(Aggregation changed);

    /** State numbers under which it keeps rows. */
    List<Integer> states();

    /** Groups held in memory. */
    long groups();

    /** When the next window that is held closes; {@link Long#MAX_VALUE} where none is open. */
    long nextCloseMs();

    /** How often a group went to the group of the others, since this was made. */
    long overflowed();

    /** Adds what a partition handed over. */
    void merge(Deltas deltas);

    /**
     * Moves the watermark on and hands over what changed since the last time: rows touched by
     * deltas, and what the closing of windows changes.
     *
     * @param revision of the commit that these changes become part of
     */
    void advance(long newWatermarkMs, long revision, List<Commit.RowChange> changes);

    /**
     * Rows of windows that start before this are no longer kept, but for {@link #sparedMs}. Asked
     * once a commit, after {@link #advance}.
     *
     * @param keep how far the watermark may be past a row
     */
    long keptFromMs(Duration keep);

    /** Starts before {@code keptFromMs} of windows that go on and on, whose rows stay. */
    default Set<Long> sparedMs(long keptFromMs) {
        return Set.of();
    }

    /** What to know to take the sessions up again; empty where windows are no sessions. */
    default Optional<SessionMarks> sessionMarks() {
        return Optional.empty();
    }
}
