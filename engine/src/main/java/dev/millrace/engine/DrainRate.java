package dev.millrace.engine;

import java.util.concurrent.atomic.LongAdder;

/**
 * How many events a second a pipeline has been processing lately: an exponentially weighted mean
 * with a time constant of about two seconds. Counting is open to many threads; {@link #beat}
 * belongs to one.
 */
final class DrainRate {
    private static final double TIME_CONSTANT_NANOS = 2e9;

    private final LongAdder processed = new LongAdder();
    private long lastProcessed;
    private long lastNanos;
    private volatile double perSecond;

    DrainRate(long nowNanos) {
        this.lastNanos = nowNanos;
    }

    void add(int events) {
        processed.add(events);
    }

    void beat(long nowNanos) {
        long elapsed = nowNanos - lastNanos;
        if (elapsed <= 0) {
            return;
        }
        long total = processed.sum();
        double now = (total - lastProcessed) * 1e9 / elapsed;
        double weight = 1 - Math.exp(-elapsed / TIME_CONSTANT_NANOS);
        double before = perSecond;
        perSecond = before + weight * (now - before);
        lastProcessed = total;
        lastNanos = nowNanos;
    }

    double perSecond() {
        return perSecond;
    }

    /** Seconds until {@code events} are processed at this rate: 1 to {@code most}. */
    int secondsFor(long events, int most) {
        double rate = perSecond;
        return rate < 1e-3 ? most : (int) Math.clamp(Math.ceil(events / rate), 1, most);
    }
}
