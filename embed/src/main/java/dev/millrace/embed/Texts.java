package dev.millrace.embed;

import java.time.Duration;

/** Values as a pipeline file writes them. */
final class Texts {
    private Texts() {}

    /**
     * @throws IllegalArgumentException if it is no whole number of milliseconds, or negative
     */
    static String of(Duration duration) {
        if (duration.isNegative() || duration.toNanosPart() % 1_000_000 != 0) {
            throw new IllegalArgumentException(
                    "a duration must be whole milliseconds, 0 or more, not " + duration);
        }
        return duration.toMillis() + "ms";
    }
}
