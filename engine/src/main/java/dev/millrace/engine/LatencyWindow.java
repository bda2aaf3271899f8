package dev.millrace.engine;

import org.HdrHistogram.Histogram;

import java.util.concurrent.TimeUnit;

/**
 * Latencies of the last half minute to minute: two histograms, of which the older is thrown away
 * every half minute. Safe for use by many threads.
 */
final class LatencyWindow {
    private static final long HALF_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long MAX_MS = TimeUnit.HOURS.toMillis(24);
    private static final int DIGITS = 3;

    private Histogram current = new Histogram(MAX_MS, DIGITS);
    private Histogram previous = new Histogram(MAX_MS, DIGITS);
    private long turnedNanos;

    LatencyWindow(long nowNanos) {
        this.turnedNanos = nowNanos;
    }

    synchronized void add(long latencyMs, long events, long nowNanos) {
        if (nowNanos - turnedNanos >= HALF_NANOS) {
            Histogram oldest = previous;
            previous = current;
            current = oldest;
            current.reset();
            turnedNanos = nowNanos;
        }
        current.recordValueWithCount(Math.clamp(latencyMs, 0, MAX_MS), events);
    }

    synchronized PipelineMetrics.Latency latency() {
        Histogram all = current.copy();
        all.add(previous);
        return all.getTotalCount() == 0
                ? new PipelineMetrics.Latency(0, 0, 0)
                : new PipelineMetrics.Latency(
                        all.getValueAtPercentile(50),
                        all.getValueAtPercentile(99),
                        all.getMaxValue());
    }
}
