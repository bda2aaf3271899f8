package dev.millrace.core.aggregate;

import dev.millrace.core.pipeline.Window;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/** How an aggregate cuts time, made ready for arithmetic. Immutable and thread-safe. */
public sealed interface Windows {
    /**
     * Windows of a number of slices in a row: one for tumbling windows, {@code size / every} for
     * sliding ones.
     */
    record Sliced(Slices slices, int slicesPerWindow) implements Windows {
        /** End of the window that starts at {@code startMs}; exclusive. */
        public long endOf(long startMs) {
            return slices.step(startMs, slicesPerWindow);
        }

        /**
         * Start of the first window that holds the slice that starts at {@code sliceMs}; of the
         * last one, it is the slice's own.
         */
        long firstStartOf(long sliceMs) {
            return slices.step(sliceMs, 1 - slicesPerWindow);
        }

        /**
         * Start of the first window that is kept.
         *
         * @param watermarkMs {@link Long#MIN_VALUE} where there is none yet: then all are
         */
        long keptFromMs(long watermarkMs, Duration keep) {
            return watermarkMs == Long.MIN_VALUE
                    ? Long.MIN_VALUE
                    : slices.startOf(watermarkMs - keep.toMillis());
        }

        @Override
        public long lastEndOf(long timestampMs) {
            return endOf(slices.startOf(timestampMs));
        }

        @Override
        public long storedEndOf(long timestampMs) {
            return slices.endOf(slices.startOf(timestampMs));
        }
    }

    /**
     * Windows that events of a group make by coming less than {@code gapMs}, or just that, apart.
     */
    record Sessions(long gapMs) implements Windows {
        @Override
        public long lastEndOf(long timestampMs) {
            return timestampMs + gapMs;
        }

        @Override
        public long storedEndOf(long timestampMs) {
            return timestampMs + gapMs;
        }
    }

    /**
     * End of the last window that holds the instant: past it, no window wants the instant any more.
     */
    long lastEndOf(long timestampMs);

    /**
     * End of what is stored for the instant, a slice or a session of that one event: {@code keep}
     * later it is gone.
     */
    long storedEndOf(long timestampMs);

    static Windows of(Window window) {
        return switch (window) {
            case Window.Tumbling tumbling ->
                    new Sliced(slices(tumbling.size(), tumbling.zone()), 1);
            case Window.Sliding sliding ->
                    new Sliced(slices(sliding.every(), sliding.zone()), sliding.slices());
            case Window.Session session -> new Sessions(session.gap().toMillis());
        };
    }

    /** Slices of a size, aligned to the epoch or to midnight in a zone. */
    static Slices slices(Duration size, Optional<ZoneId> zone) {
        return zone.<Slices>map(id -> new ZonedSlices(id, size.toMillis()))
                .orElseGet(() -> new EpochSlices(size.toMillis()));
    }
}
