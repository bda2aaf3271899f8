package dev.millrace.engine;

import dev.millrace.core.task.IdleTicks;

import java.util.List;

/** Hands partitions that get no events the ticks that {@link IdleTicks} finds due. */
final class IdleClock {
    private final List<PartitionRunner> partitions;
    private final IdleTicks ticks;

    IdleClock(List<PartitionRunner> partitions, long nowNanos) {
        this.partitions = List.copyOf(partitions);
        this.ticks = new IdleTicks(nowNanos);
    }

    /**
     * Ticks.
     *
     * @param quiet nothing but history is on its way to any partition
     */
    void beat(long nowNanos, boolean quiet) {
        List<IdleTicks.Partition> seen =
                partitions.stream()
                        .map(one ->
                                new IdleTicks.Partition(
                                        one.watermarkMs(),
                                        one.isIdle(nowNanos, IdleTicks.IDLE_NANOS)))
                        .toList();
        for (IdleTicks.Tick tick : ticks.beat(nowNanos, quiet, seen)) {
            partitions.get(tick.partition()).tick(tick.toMs());
        }
    }
}
