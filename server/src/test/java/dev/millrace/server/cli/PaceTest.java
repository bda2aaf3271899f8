package dev.millrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000;

    private long now;

    @Test
    void waitsUntilTheEventsMayHaveBeenSent() {
        Pace pace = Pace.of(100, () -> now);

        assertThat(pace.waitNanos(50)).isEqualTo(SECOND / 2);
        now += SECOND / 2;
        assertThat(pace.waitNanos(100)).isEqualTo(SECOND);
    }

    @Test
    void countsTheTimeThatSendingTook() {
        Pace pace = Pace.of(100, () -> now);

        pace.waitNanos(10);
        now += SECOND / 10 + SECOND / 20;

        assertThat(pace.waitNanos(10)).isEqualTo(SECOND / 20);
    }

    @Test
    void doesNotMakeUpForTimeLost() {
        Pace pace = Pace.of(100, () -> now);

        pace.waitNanos(10);
        now += 60 * SECOND;

        assertThat(pace.waitNanos(20)).isEqualTo(SECOND / 10);
        assertThat(pace.waitNanos(100)).isEqualTo(SECOND / 10 + SECOND);
    }

    @Test
    void batchesAreSmallAtLowRates() {
        assertThat(Pace.of(1).batchLines()).isEqualTo(1);
        assertThat(Pace.of(100).batchLines()).isEqualTo(10);
        assertThat(Pace.of(1_000_000).batchLines()).isEqualTo(Pace.BATCH_LINES_MAX);
        assertThat(Pace.unlimited().batchLines()).isEqualTo(Pace.BATCH_LINES_MAX);
    }

    @Test
    void withoutALimitNothingWaits() {
        assertThat(Pace.unlimited().waitNanos(1_000_000)).isZero();
    }
}
