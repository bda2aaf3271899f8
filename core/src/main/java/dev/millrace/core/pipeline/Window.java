package dev.millrace.core.pipeline;

import java.time.Duration;

/** How an aggregate cuts event time. Windows are half-open, {@code [start, end)}. */
public sealed interface Window {
    /** Windows side by side, aligned to the epoch; {@code size} is 1 ms to 366 days. */
    record Tumbling(Duration size) implements Window {
        public Tumbling {
            Limits.WINDOW_SIZE.check("window size", size);
        }
    }

    /** How long after its first instant a window is over. */
    default Duration span() {
        return switch (this) {
            case Tumbling tumbling -> tumbling.size();
        };
    }
}
