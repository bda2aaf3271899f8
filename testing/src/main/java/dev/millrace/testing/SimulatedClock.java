package dev.millrace.testing;

import java.util.concurrent.TimeUnit;

/** Simulated time, and the two clocks by which a host sees it. */
final class SimulatedClock {
    private long nowMs;
    private long wallAheadMs;

    SimulatedClock(long nowMs) {
        this.nowMs = nowMs;
    }

    /** True time, which nobody in the simulation sees; epoch milliseconds. */
    long nowMs() {
        return nowMs;
    }

    /** The host's wall clock. */
    long wallMs() {
        return nowMs + wallAheadMs;
    }

    /** The host's monotonic clock. */
    long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(nowMs);
    }

    void pass(long ms) {
        nowMs += ms;
    }

    /** Sets the wall clock wrong, or right. */
    void setWallAhead(long aheadMs) {
        wallAheadMs = aheadMs;
    }
}
