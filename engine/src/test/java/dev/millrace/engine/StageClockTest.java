package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StageClockTest {
    private long nanos;
    private final StageClock stages =
            new StageClock(
                    new HostClock() {
                        @Override
                        public long epochMs() {
                            return 0;
                        }

                        @Override
                        public long nanos() {
                            return nanos;
                        }
                    });

    @Test
    void theFirstSampleLoadsClassesAndDoesNotCount() {
        sample(1_000_000, 10);

        assertThat(stages.nanosIn(0)).isZero();

        sample(10, 20);

        assertThat(stages.nanosIn(0)).isEqualTo(10);
        assertThat(stages.nanosIn(1)).isEqualTo(20);
    }

    @Test
    void whatWasSlowLongAgoIsForgotten() {
        sample(0, 0);
        sample(1_000, 10);
        for (int i = 0; i < 100; i++) {
            sample(1, 10);
        }

        assertThat(stages.nanosIn(1)).isGreaterThan(stages.nanosIn(0));
    }

    @Test
    void aStageThatAnotherVersionAddedIsSeen() {
        sample(5);
        sample(5);
        sample(5, 7);

        assertThat(stages.nanosIn(1)).isEqualTo(7);
        assertThat(stages.nanosIn(2)).isZero();
    }

    private void sample(long... nanosInStages) {
        for (int stage = 0; stage < nanosInStages.length; stage++) {
            stages.entered(stage);
            nanos += nanosInStages[stage];
        }
        stages.left();
    }
}
