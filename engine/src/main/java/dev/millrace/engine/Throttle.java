package dev.millrace.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Slows producers down before they are refused: while the queue is more than half full and moves, a
 * batch waits in front of it, for about 200 ms at most: pauses are as long as the system makes
 * them. A producer who waits for its answers is brought down to what the partitions process,
 * instead of being sent away for a second in which they have nothing left to do. Where nothing
 * moves a wait helps nobody, and it ends after 24 ms: partitions that wait for a commit, or for a
 * processor, stand still for less.
 */
final class Throttle {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    static final int PAUSES_MAX = 100;
    static final int STILL_PAUSES_MAX = 12;

    private final QueueDepth depth;
    private final Runnable pause;

    Throttle(QueueDepth depth) {
        this(depth, () -> LockSupport.parkNanos(PAUSE_NANOS));
    }

    Throttle(QueueDepth depth, Runnable pause) {
        this.depth = depth;
        this.pause = pause;
    }

    /**
     * @param limit of the queue, in events
     */
    void slowDown(int limit) {
        int still = 0;
        for (int i = 0; isSlow(limit) && i < PAUSES_MAX && still < STILL_PAUSES_MAX; i++) {
            long before = depth.left();
            pause.run();
            still = depth.left() == before ? still + 1 : 0;
        }
    }

    private boolean isSlow(int limit) {
        return depth.events() > limit / 2;
    }
}
