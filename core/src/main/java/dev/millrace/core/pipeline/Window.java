package dev.millrace.core.pipeline;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/** How an aggregate cuts event time. Windows are half-open, {@code [start, end)}. */
public sealed interface Window {
    /**
     * Windows side by side; {@code size} is 1 ms to 366 days.
     *
     * @param zone absent: aligned to the epoch; present: to midnight in that zone, and a size of
     *     whole days counts calendar days there, which daylight saving makes longer or shorter
     */
    record Tumbling(Duration size, Optional<ZoneId> zone) implements Window {
        public Tumbling {
            Limits.WINDOW_SIZE.check("window size", size);
            zone.ifPresent(_ -> checkZoned("window size", size));
        }

        public Tumbling(Duration size) {
            this(size, Optional.empty());
        }
    }

    /**
     * Windows that start every {@code every} and last {@code size}, a multiple of it: each is
     * {@code size / every} slices in a row.
     *
     * @param zone as for {@link Tumbling}, of the slices
     */
    record Sliding(Duration size, Duration every, Optional<ZoneId> zone) implements Window {
        public Sliding {
            Limits.WINDOW_SIZE.check("window size", size);
            Limits.WINDOW_SIZE.check("every", every);
            if (size.toMillis() % every.toMillis() != 0) {
                throw new IllegalArgumentException(
                        "every must divide the window's size, but %s does not divide %s"
                                .formatted(Durations.format(every), Durations.format(size)));
            }
            if (size.toMillis() / every.toMillis() > Limits.SLICES_MAX) {
                throw new IllegalArgumentException(
                        "a window starts at most %d times in its size"
                                .formatted(Limits.SLICES_MAX));
            }
            zone.ifPresent(_ -> checkZoned("every", every));
        }

        public Sliding(Duration size, Duration every) {
            this(size, every, Optional.empty());
        }

        /** How many slices make a window. */
        public int slices() {
            return Math.toIntExact(size.toMillis() / every.toMillis());
        }
    }

    /** Events of a group with less than {@code gap} between them, or just that, are one session. */
    record Session(Duration gap) implements Window {
        public Session {
            Limits.WINDOW_SIZE.check("session gap", gap);
        }
    }

    /** How long after its first instant a window is over; of a session, one of a single event. */
    default Duration span() {
        return switch (this) {
            case Tumbling tumbling -> longest(tumbling.size(), tumbling.zone());
            case Sliding sliding -> longest(sliding.size(), sliding.zone());
            case Session session -> session.gap();
        };
    }

    /** In a zone a window can take longer than its size, when clocks are set back. */
    private static Duration longest(Duration size, Optional<ZoneId> zone) {
        return zone.isPresent() ? size.plus(Duration.ofDays(1)) : size;
    }

    /** Windows of a zone start anew at its midnight, so they must fill days. */
    static boolean fillsDays(Duration size) {
        long dayMs = Duration.ofDays(1).toMillis();
        return size.toMillis() % dayMs == 0 || dayMs % size.toMillis() == 0;
    }

    private static void checkZoned(String what, Duration size) {
        if (!fillsDays(size)) {
            throw new IllegalArgumentException(
                    "with a zone, %s must divide a day or be whole days, is %s"
                            .formatted(what, Durations.format(size)));
        }
    }
}
