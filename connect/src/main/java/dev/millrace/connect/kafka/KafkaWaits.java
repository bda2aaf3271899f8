package dev.millrace.connect.kafka;

import java.time.Duration;

/**
 * How long steps of one call may take. A call is up to four of them, one after the other, and ends
 * a little before the host would interrupt it, so that it says itself what hung.
 *
 * @param step of one step
 */
record KafkaWaits(Duration step) {
    private static final double PART = 0.9;
    private static final int STEPS = 4;
    private static final int LINGER_MS = 5;

    static KafkaWaits within(Duration timeout) {
        return new KafkaWaits(
                Duration.ofMillis(Math.max(30, Math.round(timeout.toMillis() * PART / STEPS))));
    }

    int stepMs() {
        return Math.toIntExact(step.toMillis());
    }

    int lingerMs() {
        return LINGER_MS;
    }

    /** Of one request, which may be made again within its step. */
    int requestMs() {
        return Math.max(20, stepMs() * 2 / 3);
    }
}
