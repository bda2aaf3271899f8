package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class SteadyClockTest {
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();

    private long wallMs = 1_000_000;
    private long nanos = -77;
    private final SteadyClock clock = new SteadyClock(() -> wallMs, () -> nanos);

    private void pass(long ms) {
        wallMs += ms;
        nanos += Duration.ofMillis(ms).toNanos();
    }

    @Test
    void timeIsThatOfTheWall() {
        pass(250);

        assertThat(clock.epochMs()).isEqualTo(1_000_250);
    }

    @Test
    void aWallClockSetForwardIsFollowed() {
        wallMs += HOUR_MS;
        pass(1);

        assertThat(clock.epochMs()).isEqualTo(1_000_001 + HOUR_MS);
    }

    @Test
    void aWallClockSetBackDoesNotTurnTimeBack() {
        pass(500);
        wallMs -= HOUR_MS;
        assertThat(clock.epochMs()).isEqualTo(1_000_500);

        pass(2_000);
        assertThat(clock.epochMs()).isEqualTo(1_002_500);
    }

    @Test
    void theWallIsBelievedAgainOnceItHasCaughtUp() {
        wallMs -= HOUR_MS;
        pass(5);
        assertThat(clock.epochMs()).isEqualTo(1_000_005);

        wallMs += HOUR_MS + 3;
        assertThat(clock.epochMs()).isEqualTo(1_000_008);
    }

    @Test
    void timeOfAMachineThatSleptIsMadeUp() {
        wallMs += 8 * HOUR_MS;

        assertThat(clock.epochMs()).isEqualTo(1_000_000 + 8 * HOUR_MS);
    }
}
