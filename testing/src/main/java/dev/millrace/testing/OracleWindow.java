package dev.millrace.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How an aggregate of the {@link Oracle} cuts time, epoch milliseconds, by the plainest means. */
public sealed interface OracleWindow {
    /** {@code [startMs, endMs)}. */
    record Span(long startMs, long endMs) {}

    /** Windows side by side, from the epoch or from a zone's midnights on. */
    record Tumbling(long sizeMs, Optional<ZoneId> zone) implements OracleWindow {
        public Tumbling(long sizeMs) {
            this(sizeMs, Optional.empty());
        }

        Span spanOf(long timestampMs) {
            if (zone.isPresent()) {
                return sizeMs % Duration.ofDays(1).toMillis() == 0
                        ? days(timestampMs, zone.get())
                        : partOfDay(timestampMs, zone.get());
            }
            long startMs = Math.floorDiv(timestampMs, sizeMs) * sizeMs;
            return new Span(startMs, startMs + sizeMs);
        }

        /** Days of several are counted from 1970-01-01. */
        private Span days(long timestampMs, ZoneId in) {
            long count = Duration.ofMillis(sizeMs).toDays();
            long day = Instant.ofEpochMilli(timestampMs).atZone(in).toLocalDate().toEpochDay();
            LocalDate first = LocalDate.ofEpochDay(Math.floorDiv(day, count) * count);
            return new Span(midnight(first, in), midnight(first.plusDays(count), in));
        }

        /** By time elapsed since midnight; the day's last one ends with the day. */
        private Span partOfDay(long timestampMs, ZoneId in) {
            ZonedDateTime at = Instant.ofEpochMilli(timestampMs).atZone(in);
            long nextDayMs = midnight(at.toLocalDate().plusDays(1), in);
            long startMs = midnight(at.toLocalDate(), in);
            while (startMs + sizeMs <= timestampMs) {
                startMs += sizeMs;
            }
            return new Span(startMs, Math.min(startMs + sizeMs, nextDayMs));
        }

        private static long midnight(LocalDate day, ZoneId in) {
            return day.atStartOfDay(in).toInstant().toEpochMilli();
        }
    }

    /** Windows that start at every multiple of {@code everyMs}. */
    record Sliding(long sizeMs, long everyMs) implements OracleWindow {
        List<Span> spansOf(long timestampMs) {
            List<Span> spans = new ArrayList<>();
            long startMs = Math.floorDiv(timestampMs, everyMs) * everyMs;
            for (; startMs + sizeMs > timestampMs; startMs -= everyMs) {
                spans.add(new Span(startMs, startMs + sizeMs));
            }
            return spans;
        }

        /** The one window with early rows: that with the smallest end after an instant. */
        Span earlyAt(long newestMs) {
            long endMs = (Math.floorDiv(newestMs, everyMs) + 1) * everyMs;
            return new Span(endMs - sizeMs, endMs);
        }
    }

    /** Events of a group, from the first to a gap after the last. */
    record Session(long gapMs) implements OracleWindow {}

    /** End of what is kept as one thing and holds that time: of a sliding window, one slide. */
    default long keptEndOf(long timestampMs) {
        return switch (this) {
            case Tumbling tumbling -> tumbling.spanOf(timestampMs).endMs();
            case Sliding sliding -> sliding.earlyAt(timestampMs).endMs();
            case Session session -> timestampMs + session.gapMs();
        };
    }

    /** End of the last window that wants an event of that time. */
    default long lastEndOf(long timestampMs) {
        return switch (this) {
            case Tumbling tumbling -> tumbling.spanOf(timestampMs).endMs();
            case Sliding sliding -> sliding.spansOf(timestampMs).getFirst().endMs();
            case Session session -> timestampMs + session.gapMs();
        };
    }
}
