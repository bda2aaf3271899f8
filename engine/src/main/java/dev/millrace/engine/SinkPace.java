package dev.millrace.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How much a sink's worker delivers at once, and how long it waits after a failure. Confined to the
 * worker, but for what it shows.
 *
 * <p>Waits grow exponentially with full jitter (Brooker, <em>Exponential Backoff And Jitter</em>,
 * 2015). Batches shrink by half when a delivery fails or takes long, and grow by a tenth of the
 * most when one was full and quick.
 */
final class SinkPace {
    static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** What a system asks for is waited up to this. */
    static final Duration LONGEST_ASKED = Duration.ofMinutes(5);

    /** Failures in a row from which on the system counts as away. */
    static final int FAILURES_MAX = 5;

    private static final int GROWTHS = 10;

    /** Of its timeout a delivery may take so much before batches get smaller. */
    private static final double SLOW = 0.5;

    private static final double QUICK = 0.25;

    private int itemsMax;
    private volatile int items;
    private volatile int failures;
    private volatile boolean probing;

    SinkPace(int itemsMax) {
        this.itemsMax = itemsMax;
        this.items = itemsMax;
    }

    /** Begins anew where the most has changed. */
    void redefine(int newItemsMax) {
        if (newItemsMax != itemsMax) {
            itemsMax = newItemsMax;
            items = newItemsMax;
        }
    }

    /** Items of the next batch, at most. */
    int items() {
        return items;
    }

    int failures() {
        return failures;
    }

    SinkStatus.Breaker breaker() {
        if (failures < FAILURES_MAX) {
            return SinkStatus.Breaker.CLOSED;
        }
        return probing ? SinkStatus.Breaker.HALF_OPEN : SinkStatus.Breaker.OPEN;
    }

    /** A delivery begins. */
    void begin() {
        probing = true;
    }

    /**
     * A delivery has come to an answer.
     *
     * @param tookPart of its timeout
     */
    void succeeded(int delivered, double tookPart) {
        probing = false;
        failures = 0;
        if (tookPart > SLOW) {
            items = Math.max(1, items / 2);
        } else if (tookPart < QUICK && delivered >= items) {
            items = Math.min(itemsMax, items + Math.max(1, itemsMax / GROWTHS));
        }
    }

    /**
     * A delivery has failed, or the system could not be reached.
     *
     * @param tookPart of its timeout
     * @param mayPass by itself, soon
     * @param asked how long the system asks to wait
     * @return how long to wait
     */
    Duration failed(double tookPart, boolean mayPass, Optional<Duration> asked) {
        probing = false;
        int earlier = failures;
        failures = earlier + 1;
        if (tookPart > SLOW) {
            items = Math.max(1, items / 2);
        }
        long capMs = LONGEST_PAUSE.toMillis();
        long mostMs =
                mayPass ? Math.min(capMs, FIRST_PAUSE.toMillis() << Math.min(earlier, 20)) : capMs;
        // What lasts is looked at now and then, and not at once.
        long leastMs = mayPass ? 0 : mostMs / 2;
        long waitMs = ThreadLocalRandom.current().nextLong(leastMs, mostMs + 1);
        long askedMs = asked.map(Duration::toMillis).orElse(0L);
        return Duration.ofMillis(Math.max(waitMs, Math.min(askedMs, LONGEST_ASKED.toMillis())));
    }
}
