package dev.millrace.engine;

import java.util.concurrent.TimeUnit;

/** How many items a sink takes a second, over the last seconds. Safe for use by many threads. */
final class SinkRate {
    private static final int SECONDS = 10;

    private final long[] counts = new long[SECONDS];
    private long second;
    private long total;

    SinkRate(long nowNanos) {
        this.second = TimeUnit.NANOSECONDS.toSeconds(nowNanos);
    }

    synchronized void add(int items, long nowNanos) {
        moveTo(nowNanos);
        counts[Math.floorMod(second, SECONDS)] += items;
        total += items;
    }

    /** Since the start. */
    synchronized long total() {
        return total;
    }

    synchronized double perSecond(long nowNanos) {
        moveTo(nowNanos);
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum / (double) SECONDS;
    }

    private void moveTo(long nowNanos) {
        long now = TimeUnit.NANOSECONDS.toSeconds(nowNanos);
        for (long next = Math.max(second + 1, now - SECONDS + 1); next <= now; next++) {
            counts[Math.floorMod(next, SECONDS)] = 0;
        }
        second = Math.max(second, now);
    }
}
