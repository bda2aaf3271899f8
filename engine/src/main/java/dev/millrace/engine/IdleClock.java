package dev.millrace.engine;

import dev.millrace.core.task.TaskRecord;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Moves the watermarks of partitions that get no events, so that windows close in silence. A
 * partition that is idle while others move follows the slowest of those. Once all are idle, time
 * goes on for them by the monotonic clock, a little at a tick: a process that was stopped does not
 * leap ahead when it goes on, and time while it is down does not count.
 */
final class IdleClock {
    static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    static final long TICK_MS_MAX = 200;

    private final List<PartitionRunner> partitions;
    private long lastNanos;

    IdleClock(List<PartitionRunner> partitions, long nowNanos) {
        this.partitions = List.copyOf(partitions);
        this.lastNanos = nowNanos;
    }

    /**
     * Ticks.
     *
     * @param quiet nothing is on its way to any partition
     */
    void beat(long nowNanos, boolean quiet) {
        long elapsedMs = Math.min(TICK_MS_MAX, TimeUnit.NANOSECONDS.toMillis(nowNanos - lastNanos));
        if (elapsedMs <= 0) {
            return;
        }
        lastNanos = nowNanos;
        List<PartitionRunner> idle =
                partitions.stream().filter(one -> one.isIdle(nowNanos, IDLE_NANOS)).toList();
        if (idle.isEmpty()) {
            return;
        }
        if (idle.size() < partitions.size()) {
            follow(idle, slowest(partitions.stream().filter(one -> !idle.contains(one)).toList()));
        } else if (quiet) {
            follow(idle, slowest(idle));
            for (PartitionRunner one : idle) {
                if (one.watermarkMs() != Long.MIN_VALUE) {
                    one.submit(new TaskRecord.Tick(one.watermarkMs() + elapsedMs));
                }
            }
        }
    }

    /** The lowest watermark among those that have one; {@link Long#MIN_VALUE} if none has. */
    private static long slowest(List<PartitionRunner> runners) {
        return runners.stream()
                .mapToLong(PartitionRunner::watermarkMs)
                .filter(watermarkMs -> watermarkMs != Long.MIN_VALUE)
                .min()
                .orElse(Long.MIN_VALUE);
    }

    private static void follow(List<PartitionRunner> idle, long watermarkMs) {
        for (PartitionRunner one : idle) {
            if (one.watermarkMs() < watermarkMs) {
                one.submit(new TaskRecord.Tick(watermarkMs));
            }
        }
    }
}
