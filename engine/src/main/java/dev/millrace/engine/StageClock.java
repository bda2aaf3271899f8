package dev.millrace.engine;

import dev.millrace.core.task.StageObserver;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Sums the time that sampled events spend in each stage of one partition, to tell which stage is
 * the bottleneck. Written by the partition's thread, read by any.
 */
final class StageClock implements StageObserver {
    private static final int NONE = -1;

    private final HostClock clock;
    private final AtomicLongArray nanos;
    private int stage = NONE;
    private long since;

    StageClock(HostClock clock, int stages) {
        this.clock = clock;
        this.nanos = new AtomicLongArray(Math.max(1, stages));
    }

    @Override
    public void entered(int next) {
        long now = clock.nanos();
        book(now);
        stage = next;
        since = now;
    }

    @Override
    public void left() {
        book(clock.nanos());
        stage = NONE;
    }

    private void book(long now) {
        if (stage != NONE && stage < nanos.length()) {
            nanos.lazySet(stage, nanos.get(stage) + now - since);
        }
    }

    long nanosIn(int stageNumber) {
        return stageNumber < nanos.length() ? nanos.get(stageNumber) : 0;
    }
}
