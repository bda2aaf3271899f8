package dev.millrace.core.aggregate;

import dev.millrace.core.pipeline.Durations;
import dev.millrace.core.pipeline.Window;
import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Rows of longer windows, merged from the stored accumulators of a tumbling aggregate's: of
 * distinct values and quantiles too. They are aligned as the aggregate's windows are, to the epoch
 * or to midnight in its zone. A row's revision is the highest of its parts', and it is final once
 * the watermark has passed its end.
 *
 * <p>A window of more than {@code maxGroups} groups takes them in order of window and key, and the
 * rest is merged into {@link Aggregation#OTHER}. A window whose first parts are no longer kept
 * shows the rest. Memory: the groups of one window.
 *
 * @param rolled the longer windows
 */
record RolledUpRows(
        Aggregation aggregation, WindowRows stored, Slices rolled, long watermarkMs, long nowMs)
        implements RowSource {
    /**
     * @throws IllegalArgumentException if the aggregate is not tumbling, or {@code size} is no
     *     multiple of its windows
     */
    static RolledUpRows of(
            Aggregation aggregation,
            WindowRows stored,
            Duration size,
            long watermarkMs,
            long nowMs) {
        if (!(aggregation.definition().window() instanceof Window.Tumbling tumbling)) {
            throw new IllegalArgumentException(
                    aggregation.name() + " is not tumbling, and only such an aggregate rolls up");
        }
        Duration finer = tumbling.size();
        if (size.toMillis() < 1 || size.toMillis() % finer.toMillis() != 0) {
            throw new IllegalArgumentException(
                    "rollup must be a multiple of the windows of %s, which last %s, not %s"
                            .formatted(
                                    aggregation.name(),
                                    Durations.format(finer),
                                    Durations.format(size)));
        }
        Window.Tumbling rolled = new Window.Tumbling(size, tumbling.zone());
        return new RolledUpRows(
                aggregation,
                stored,
                Windows.slices(rolled.size(), rolled.zone()),
                watermarkMs,
                nowMs);
    }

    @Override
    public void rows(long fromMs, long toMs, WindowRows.@Nullable Place after, RowVisitor visitor) {
        long firstMs = after == null ? fromMs : Math.max(fromMs, after.windowStartMs());
        Pass pass = new Pass(firstMs, toMs, after, visitor);
        stored.rows(aggregation.number(), firstMs, Long.MAX_VALUE, null, pass::take);
        pass.visitWindow();
    }

    @Override
    public void latest(WindowRows.@Nullable Place after, RowVisitor visitor) {
        OptionalLong startMs = latestStart();
        if (startMs.isPresent()) {
            rows(startMs.getAsLong(), startMs.getAsLong() + 1, after, visitor);
        }
    }

    @Override
    public OptionalLong latestStart() {
        OptionalLong begun = stored.newestWindowStart(aggregation.number(), nowMs + 1);
        OptionalLong newest =
                begun.isPresent()
                        ? begun
                        : stored.newestWindowStart(aggregation.number(), Long.MAX_VALUE);
        return newest.isPresent()
                ? OptionalLong.of(rolled.startOf(newest.getAsLong()))
                : OptionalLong.empty();
    }

    /** One scan over the finer windows, in order of time. Confined to one thread. */
    private final class Pass {
        private final long fromMs;
        private final long toMs;
        private final WindowRows.@Nullable Place after;
        private final RowVisitor visitor;
        private WindowAssembly window = new WindowAssembly(aggregation);
        private long startMs;
        private boolean stopped;

        Pass(long fromMs, long toMs, WindowRows.@Nullable Place after, RowVisitor visitor) {
            this.fromMs = fromMs;
            this.toMs = toMs;
            this.after = after;
            this.visitor = visitor;
        }

        boolean take(long finerMs, byte[] group, byte[] value) {
            long rolledMs = rolled.startOf(finerMs);
            if (rolledMs != startMs) {
                visitWindow();
                startMs = rolledMs;
            }
            if (stopped || rolledMs >= toMs) {
                return false;
            }
            if (rolledMs >= fromMs) {
                window.addRow(group, value);
            }
            return true;
        }

        /** Visits what was put together since the last time, and begins anew. */
        void visitWindow() {
            if (!window.isEmpty() && !stopped) {
                long endMs = rolled.endOf(startMs);
                stopped =
                        !window.visit(
                                startMs,
                                endMs,
                                endMs <= watermarkMs,
                                0,
                                WindowAssembly.groupAt(after, startMs),
                                visitor);
                window = new WindowAssembly(aggregation);
            }
        }
    }
}
