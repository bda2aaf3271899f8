package dev.millrace.engine;

import java.util.concurrent.atomic.LongAdder;

/**
 * How many events a second a pipeline processes: exponentially weighted means with a time constant
 * of about two seconds, one over all time, which is its throughput, and one over the time in which
 * events waited, which is how fast its queue drains. Counting is open to many threads; {@link
 * #beat} belongs to one.
 */
final class DrainRate {
    private static final double TIME_CONSTANT_NANOS = 2e9;

    private final LongAdder processed = new LongAdder();
    private long lastProcessed;
    private long lastNanos;
    private volatile double perSecond;
    private volatile double perBusySecond;

    DrainRate(long nowNanos) {
        this.lastNanos = nowNanos;
    }

    void add(int events) {
        processed.add(events);
    }

    /**
     * @param busy whether events wait
     */
    void beat(long nowNanos, boolean busy) {
        long elapsed = nowNanos - lastNanos;
        if (elapsed <= 0) {
            return;
        }
        long total = processed.sum();
        long fresh = total - lastProcessed;
        double now = fresh * 1e9 / elapsed;
        double weight = 1 - Math.exp(-elapsed / TIME_CONSTANT_NANOS);
        double before = perSecond;
        perSecond = before + weight * (now - before);
        if (busy || fresh > 0) {
            double drained = perBusySecond;
            perBusySecond = drained == 0 ? now : drained + weight * (now - drained);
        }
        lastProcessed = total;
        lastNanos = nowNanos;
    }

    /** The throughput. */
    double perSecond() {
        return perSecond;
    }

    /**
     * Seconds until {@code events} are processed at the rate at which the queue drains: 1 to {@code
     * most}; 1 as long as nothing has been measured.
     */
    int secondsFor(long events, int most) {
        double rate = perBusySecond;
        return rate == 0 ? 1 : (int) Math.clamp(Math.ceil(events / rate), 1, most);
    }
}
