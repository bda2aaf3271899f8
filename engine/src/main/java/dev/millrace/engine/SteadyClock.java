package dev.millrace.engine;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Wall time that only goes forward: it follows the wall clock when that is set forward or the
 * machine wakes up, and goes on by monotonic time when that is set back, until the wall clock has
 * caught up or the process is restarted. Otherwise a clock set back by an hour would make every
 * event of that hour one of the future, and time for dedupe would stand still. Thread-safe.
 */
final class SteadyClock implements HostClock {
    private final LongSupplier wallMs;
    private final LongSupplier nanos;

    /** The last instant at which the wall clock was believed. */
    private long anchorMs;

    private long anchorNanos;

    SteadyClock(LongSupplier wallMs, LongSupplier nanos) {
        this.wallMs = wallMs;
        this.nanos = nanos;
        this.anchorMs = wallMs.getAsLong();
        this.anchorNanos = nanos.getAsLong();
    }

    @Override
    public synchronized long epochMs() {
        long nowNanos = nanos.getAsLong();
        long steadyMs = anchorMs + TimeUnit.NANOSECONDS.toMillis(nowNanos - anchorNanos);
        long nowMs = wallMs.getAsLong();
        if (nowMs < steadyMs) {
            return steadyMs;
        }
        anchorMs = nowMs;
        anchorNanos = nowNanos;
        return nowMs;
    }

    @Override
    public long nanos() {
        return nanos.getAsLong();
    }
}
