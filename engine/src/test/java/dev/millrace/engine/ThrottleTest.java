package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;

class ThrottleTest {
    private static final int LIMIT = 1_000;

    private final QueueDepth depth = new QueueDepth(Long.MAX_VALUE);
    private final AtomicInteger pauses = new AtomicInteger();

    @Test
    void halfFullQueueSlowsNobodyDown() {
        depth.enter(500, 0);

        slowDownWhile(100);

        assertThat(pauses).hasValue(0);
    }

    @Test
    void producersWaitUntilTheQueueIsHalfFull() {
        depth.enter(1_000, 0);

        slowDownWhile(100);

        assertThat(pauses).hasValue(5);
        assertThat(depth.events()).isEqualTo(500);
    }

    @Test
    void nobodyWaitsForQueueThatDoesNotMove() {
        depth.enter(1_000, 0);

        slowDownWhile(0);

        assertThat(pauses).hasValue(Throttle.STILL_PAUSES_MAX);
    }

    @Test
    void waitsAreBoundedHoweverSlowlyTheQueueMoves() {
        depth.enter(1_000, 0);

        slowDownWhile(1);

        assertThat(pauses).hasValue(Throttle.PAUSES_MAX);
        assertThat(depth.events()).isGreaterThan(LIMIT / 2);
    }

    @Test
    void whatEntersMeanwhileDoesNotHideThatTheQueueMoves() {
        depth.enter(1_000, 0);

        new Throttle(
                        depth,
                        () -> {
                            pauses.incrementAndGet();
                            depth.leave(100, 0);
                            depth.enter(100, 0);
                        })
                .slowDown(LIMIT);

        assertThat(pauses).hasValue(Throttle.PAUSES_MAX);
    }

    /**
     * @param leaving events that leave in each pause
     */
    private void slowDownWhile(int leaving) {
        new Throttle(
                        depth,
                        () -> {
                            pauses.incrementAndGet();
                            depth.leave(leaving, 0);
                        })
                .slowDown(LIMIT);
    }
}
