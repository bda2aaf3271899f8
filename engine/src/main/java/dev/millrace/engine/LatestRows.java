package dev.millrace.engine;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.RowSource;
import dev.millrace.core.aggregate.Windows;

import java.util.OptionalLong;

/**
 * What is going on now in one aggregate: the rows of the current window, of a sliding aggregate's
 * early one, or of the open sessions, as of the newest commit or one that follows it at once.
 */
public final class LatestRows {
    private final RowSource source;
    private final Aggregation aggregation;
    private final long revision;
    private final OptionalLong windowStartMs;

    /**
     * @param revision of the newest commit when this was made
     */
    LatestRows(RowSource source, Aggregation aggregation, long revision) {
        this.source = source;
        this.aggregation = aggregation;
        this.revision = revision;
        this.windowStartMs = source.latestStart();
    }

    /** At least of that commit are the rows. */
    public long revision() {
        return revision;
    }

    /** Under which the aggregate's state is kept: with another number it began anew. */
    public int stateNumber() {
        return aggregation.number();
    }

    /** Empty for sessions, and where there are no rows. */
    public OptionalLong windowStartMs() {
        return windowStartMs;
    }

    /**
     * Exclusive.
     *
     * @throws IllegalStateException if there is no window
     */
    public long windowEndMs() {
        if (windowStartMs.isPresent() && aggregation.windows() instanceof Windows.Sliced sliced) {
            return sliced.endOf(windowStartMs.getAsLong());
        }
        throw new IllegalStateException(aggregation.name() + " has no current window");
    }

    /** How its windows lie. */
    public Shape shape() {
        return switch (aggregation.windows()) {
            case Windows.Sliced sliced ->
                    sliced.slicesPerWindow() > 1 ? Shape.SLIDING : Shape.TUMBLING;
            case Windows.Sessions _ -> Shape.SESSIONS;
        };
    }

    /** How windows lie. */
    public enum Shape {
        TUMBLING,
        SLIDING,
        SESSIONS
    }

    /** Visits the rows; those of one window by the group key's bytes. */
    public void visit(RowSource.RowVisitor visitor) {
        if (shape() != Shape.TUMBLING) {
            source.latest(null, visitor);
        } else if (windowStartMs.isPresent()) {
            long startMs = windowStartMs.getAsLong();
            source.rows(startMs, startMs + 1, null, visitor);
        }
    }
}
