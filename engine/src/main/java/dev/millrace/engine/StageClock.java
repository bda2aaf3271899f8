package dev.millrace.engine;

import dev.millrace.core.task.StageObserver;

import java.util.Arrays;

/**
 * What sampled events have lately spent in each stage of one partition, to tell which stage is the
 * bottleneck. A sample counts less with each that follows; the first, which pays for the loading of
 * classes, not at all. Written by the partition's thread, read by any.
 */
final class StageClock implements StageObserver {
    private static final int NONE = -1;

    /** What is left of a sum when the next sample comes: half of it after eleven samples. */
    private static final double KEPT = 15.0 / 16;

    private final HostClock clock;
    private long[] sample = new long[0];
    private boolean warm;
    private int stage = NONE;
    private long since;
    private volatile double[] sums = new double[0];

    StageClock(HostClock clock) {
        this.clock = clock;
    }

    @Override
    public void entered(int next) {
        long now = clock.nanos();
        book(now);
        if (next >= sample.length) {
            sample = Arrays.copyOf(sample, next + 1);
        }
        stage = next;
        since = now;
    }

    @Override
    public void left() {
        book(clock.nanos());
        stage = NONE;
        if (warm) {
            add();
        }
        warm = true;
        Arrays.fill(sample, 0);
    }

    private void book(long now) {
        if (stage != NONE) {
            sample[stage] += now - since;
        }
    }

    private void add() {
        double[] next = Arrays.copyOf(sums, sample.length);
        for (int i = 0; i < next.length; i++) {
            next[i] = KEPT * next[i] + sample[i];
        }
        sums = next;
    }

    /** Comparable among the stages; 0 as long as nothing is known of the stage. */
    double nanosIn(int stageNumber) {
        double[] known = sums;
        return stageNumber < known.length ? known[stageNumber] : 0;
    }
}
