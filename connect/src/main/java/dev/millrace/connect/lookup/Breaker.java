package dev.millrace.connect.lookup;

import java.time.Duration;

/**
 * Decides when a source counts as away (Nygard, <em>Release It!</em>, "circuit breaker"). Unlike
 * the one of the book, it is there to wait, not to fail fast. Guarded by the lookup that owns it.
 */
final class Breaker {
    /** Keys in a row for which every attempt failed, from which on the source is away. */
    static final int FAILURES_MAX = 5;

    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private int failures;
    private Duration pause = FIRST_PAUSE;

    boolean isOpen() {
        return failures >= FAILURES_MAX;
    }

    /** Counts a key that failed; true if that opened it. */
    boolean failed() {
        failures++;
        return failures == FAILURES_MAX;
    }

    /** The source answered; true if that closed it. */
    boolean answered() {
        boolean wasOpen = isOpen();
        failures = 0;
        pause = FIRST_PAUSE;
        return wasOpen;
    }

    /** How long to wait until the source is tried again; longer every time. */
    Duration nextPause() {
        Duration next = pause;
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        return next;
    }
}
