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
    private int[] entries = new int[0];
    private boolean warm;
    private int stage = NONE;
    private long since;
    private volatile Known known = new Known(new double[0], new double[0]);

    /** By stage, what is left of the sums of nanoseconds, and of how often it was entered. */
    private record Known(double[] nanos, double[] entries) {}

    StageClock(HostClock clock) {
        this.clock = clock;
    }

    @Override
    public void entered(int next) {
        long now = clock.nanos();
        book(now);
        if (next >= sample.length) {
            sample = Arrays.copyOf(sample, next + 1);
            entries = Arrays.copyOf(entries, next + 1);
        }
        entries[next]++;
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
        Arrays.fill(entries, 0);
    }

    private void book(long now) {
        if (stage != NONE) {
            sample[stage] += now - since;
        }
    }

    private void add() {
        double[] nanos = Arrays.copyOf(known.nanos(), sample.length);
        double[] entered = Arrays.copyOf(known.entries(), sample.length);
        for (int i = 0; i < sample.length; i++) {
            nanos[i] = KEPT * nanos[i] + sample[i];
            entered[i] = KEPT * entered[i] + entries[i];
        }
        known = new Known(nanos, entered);
    }

    /** Comparable among the stages; 0 as long as nothing is known of the stage. */
    double nanosIn(int stageNumber) {
        return at(known.nanos(), stageNumber);
    }

    /** To be divided into {@link #nanosIn}: how many events, of late, those were spent on. */
    double eventsIn(int stageNumber) {
        return at(known.entries(), stageNumber);
    }

    private static double at(double[] byStage, int stageNumber) {
        return stageNumber < byStage.length ? byStage[stageNumber] : 0;
    }
}
