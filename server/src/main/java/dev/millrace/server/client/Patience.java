package dev.millrace.server.client;

import java.time.Duration;

/**
 * How long a client goes on with a server that is full, failing or gone, before it gives up:
 * counted from the last time that the server took something.
 *
 * <p>A full server ({@code 429}) says how long to wait. Otherwise the wait doubles from {@link
 * #FIRST_WAIT} to {@link #LONGEST_WAIT}. The last attempt is made when patience ends, even if the
 * server asked for more.
 */
public record Patience(Duration retryFor) {
    static final Duration FIRST_WAIT = Duration.ofMillis(100);
    static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    public Patience {
        if (retryFor.isNegative()) {
            throw new IllegalArgumentException("retryFor must not be negative, is " + retryFor);
        }
    }

    /** The wait after that many attempts, the first being 1. */
    static Duration backoff(int attempts) {
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(attempts - 1, 10));
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }
}
