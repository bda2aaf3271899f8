package dev.millrace.engine;

import java.util.concurrent.TimeUnit;

/**
 * When the next commit is due. Commits are to take a tenth of the time: cheap ones come every 100
 * ms, dearer ones less often, down to one an interval, from begin to begin. One that takes more
 * than half of that is followed by as long a pause, an interval at most, so that partitions get to
 * add up. One commit at a time; anybody may ask.
 */
final class CommitPace {
    private static final long HALF_BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(Engine.BEAT_MS) / 2;

    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int SHARE = 10;

    private final long intervalNanos;
    private long begunNanos;
    private volatile long dueNanos;

    CommitPace(long intervalNanos, long nowNanos) {
        this.intervalNanos = intervalNanos;
        this.dueNanos = nowNanos + intervalNanos;
    }

    void begun(long nowNanos) {
        begunNanos = nowNanos;
    }

    void ended(long nowNanos) {
        long tookNanos = nowNanos - begunNanos;
        long distanceNanos = Math.min(Math.max(LEAST_NANOS, SHARE * tookNanos), intervalNanos);
        long pauseNanos = Math.min(tookNanos, intervalNanos);
        dueNanos = Math.max(begunNanos + distanceNanos, nowNanos + pauseNanos);
    }

    /** Whether no beat is nearer to when it is due. */
    boolean isDue(long nowNanos) {
        return nowNanos + HALF_BEAT_NANOS - dueNanos >= 0;
    }
}
