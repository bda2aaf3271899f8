package dev.millrace.core.task;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Moves the watermarks of partitions that get no events, so that windows close in silence. A
 * partition that is idle while others move follows the slowest of those. Once all are idle, time
 * goes on for them by the monotonic clock, a little at a tick: a process that was stopped does not
 * leap ahead when it goes on, and time while it is down does not count.
 *
 * <p>Deterministic: a host says what it sees and what its monotonic clock shows. One thread at a
 * time.
 */
public final class IdleTicks {
    /** A partition without events for so long is idle; history and duplicates do not count. */
    public static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How far one tick moves a watermark by the clock. */
    public static final long TICK_MS_MAX = 200;

    private long lastNanos;

    /**
     * @param watermarkMs {@link Long#MIN_VALUE} where it has none yet
     * @param idle it has nothing but history waiting, and took no events for {@link #IDLE_NANOS}
     */
    public record Partition(long watermarkMs, boolean idle) {}

    /**
     * What a partition is to be handed, behind the records that wait for it; history may be passed.
     *
     * @param partition its place in the list of what the host saw
     */
    public record Tick(int partition, long toMs) {}

    /**
     * @param nowNanos of the monotonic clock
     */
    public IdleTicks(long nowNanos) {
        this.lastNanos = nowNanos;
    }

    /**
     * The ticks that are due, at most one a partition.
     *
     * @param quiet nothing but history is on its way to any partition
     */
    public List<Tick> beat(long nowNanos, boolean quiet, List<Partition> partitions) {
        long sinceMs = TimeUnit.NANOSECONDS.toMillis(nowNanos - lastNanos);
        if (sinceMs <= 0) {
            return List.of();
        }
        // What is left of a millisecond counts next time, or a clock that beats often runs slow.
        lastNanos =
                sinceMs > TICK_MS_MAX
                        ? nowNanos
                        : lastNanos + TimeUnit.MILLISECONDS.toNanos(sinceMs);
        long elapsedMs = Math.min(TICK_MS_MAX, sinceMs);
        List<Partition> moving = partitions.stream().filter(one -> !one.idle()).toList();
        boolean allIdle = moving.isEmpty();
        if (allIdle && !quiet) {
            return List.of();
        }
        long slowestMs = slowest(allIdle ? partitions : moving);
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i < partitions.size(); i++) {
            Partition one = partitions.get(i);
            if (one.idle() && one.watermarkMs() < slowestMs) {
                ticks.add(new Tick(i, slowestMs));
            } else if (allIdle && one.watermarkMs() != Long.MIN_VALUE) {
                ticks.add(new Tick(i, one.watermarkMs() + elapsedMs));
            }
        }
        return ticks;
    }

    /** The lowest watermark among those that have one; {@link Long#MIN_VALUE} if none has. */
    private static long slowest(List<Partition> partitions) {
        return partitions.stream()
                .mapToLong(Partition::watermarkMs)
                .filter(watermarkMs -> watermarkMs != Long.MIN_VALUE)
                .min()
                .orElse(Long.MIN_VALUE);
    }
}
