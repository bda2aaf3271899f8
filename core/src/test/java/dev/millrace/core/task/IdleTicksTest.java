package dev.millrace.core.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.task.IdleTicks.Partition;
import dev.millrace.core.task.IdleTicks.Tick;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** How silence moves watermarks. */
class IdleTicksTest {
    private static final long NEVER = Long.MIN_VALUE;

    private final IdleTicks ticks = new IdleTicks(0);

    @Test
    void idlePartitionFollowsTheSlowestOfThoseThatMove() {
        assertThat(beat(100, true, idle(1_000), moving(5_000), moving(3_000), idle(4_000)))
                .containsExactly(new Tick(0, 3_000));
    }

    @Test
    void idlePartitionThatNeverHadAnEventFollowsToo() {
        assertThat(beat(100, false, idle(NEVER), moving(5_000), moving(NEVER)))
                .containsExactly(new Tick(0, 5_000));
    }

    @Test
    void partitionsThatMoveAreNotTicked() {
        assertThat(beat(100, true, moving(1_000), moving(5_000))).isEmpty();
    }

    @Test
    void inSilenceTimeGoesOnForEachFromWhereItIs() {
        assertThat(beat(100, true, idle(1_000), idle(5_000)))
                .containsExactly(new Tick(0, 1_100), new Tick(1, 5_100));
    }

    @Test
    void inSilencePartitionWithoutWatermarkIsGivenTheSlowest() {
        assertThat(beat(100, true, idle(NEVER), idle(5_000), idle(7_000)))
                .containsExactly(new Tick(0, 5_000), new Tick(1, 5_100), new Tick(2, 7_100));
    }

    @Test
    void timeStandsStillWhereNothingEverCame() {
        assertThat(beat(100, true, idle(NEVER), idle(NEVER))).isEmpty();
    }

    @Test
    void timeStandsStillWhileSomethingIsOnItsWay() {
        assertThat(beat(100, false, idle(1_000), idle(5_000))).isEmpty();
    }

    @Test
    void minuteOfStandstillIsOneTickOfTwoHundredMilliseconds() {
        assertThat(beat(60_000, true, idle(1_000))).containsExactly(new Tick(0, 1_200));
        assertThat(beat(60_010, true, idle(1_200))).containsExactly(new Tick(0, 1_210));
    }

    @Test
    void lessThanAMillisecondIsKeptForTheNextTick() {
        assertThat(ticks.beat(600_000, true, List.of(idle(1_000)))).isEmpty();
        assertThat(ticks.beat(1_200_000, true, List.of(idle(1_000))))
                .containsExactly(new Tick(0, 1_001));
    }

    private List<Tick> beat(long nowMs, boolean quiet, Partition... partitions) {
        return ticks.beat(TimeUnit.MILLISECONDS.toNanos(nowMs), quiet, List.of(partitions));
    }

    private static Partition idle(long watermarkMs) {
        return new Partition(watermarkMs, true);
    }

    private static Partition moving(long watermarkMs) {
        return new Partition(watermarkMs, false);
    }
}
