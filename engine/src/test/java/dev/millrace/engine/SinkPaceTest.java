package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Optional;

class SinkPaceTest {
    private final SinkPace pace = new SinkPace(100);

    @Test
    void noWaitIsLongerThanTheLongest() {
        for (int i = 0; i < 40; i++) {
            Duration wait = pace.failed(0, true, Optional.empty());
            assertThat(wait).isBetween(Duration.ZERO, SinkPace.LONGEST_PAUSE);
        }
    }

    /** Of so many random waits after as many failures the longest is near what it can be. */
    @Test
    void waitsDoubleWithEachFailure() {
        for (int failures = 0; failures < 8; failures++) {
            long longestMs = SinkPace.FIRST_PAUSE.toMillis() << failures;
            long seenMs = 0;
            for (int i = 0; i < 1_000; i++) {
                SinkPace fresh = new SinkPace(1);
                for (int before = 0; before < failures; before++) {
                    Duration _ = fresh.failed(0, true, Optional.empty());
                }
                seenMs = Math.max(seenMs, fresh.failed(0, true, Optional.empty()).toMillis());
            }
            assertThat(seenMs).isBetween(longestMs / 2, longestMs);
        }
    }

    @Test
    void whatLastsIsLookedAtNowAndThen() {
        assertThat(pace.failed(0, false, Optional.empty()))
                .isBetween(SinkPace.LONGEST_PAUSE.dividedBy(2), SinkPace.LONGEST_PAUSE);
    }

    @Test
    void whatTheSystemAsksForIsWaitedButNotForDays() {
        assertThat(pace.failed(0, true, Optional.of(Duration.ofMinutes(2))))
                .isEqualTo(Duration.ofMinutes(2));
        assertThat(pace.failed(0, true, Optional.of(Duration.ofDays(2))))
                .isEqualTo(SinkPace.LONGEST_ASKED);
    }

    @Test
    void theBreakerOpensWithFiveFailuresAndClosesWithTheFirstSuccess() {
        for (int i = 0; i < 5; i++) {
            assertThat(pace.breaker()).isEqualTo(SinkStatus.Breaker.CLOSED);
            pace.begin();
            Duration _ = pace.failed(0, true, Optional.empty());
        }
        assertThat(pace.breaker()).isEqualTo(SinkStatus.Breaker.OPEN);
        pace.begin();
        assertThat(pace.breaker()).isEqualTo(SinkStatus.Breaker.HALF_OPEN);
        pace.succeeded(1, 0);
        assertThat(pace.breaker()).isEqualTo(SinkStatus.Breaker.CLOSED);
    }

    @Test
    void batchesShrinkWhenTheSystemIsSlowAndGrowWhenTheyWereFullAndQuick() {
        pace.succeeded(100, 0.6);
        assertThat(pace.items()).isEqualTo(50);
        Duration _ = pace.failed(1, true, Optional.empty());
        assertThat(pace.items()).isEqualTo(25);
        pace.succeeded(10, 0);
        assertThat(pace.items()).isEqualTo(25);
        pace.succeeded(25, 0);
        assertThat(pace.items()).isEqualTo(35);
        for (int i = 0; i < 20; i++) {
            pace.succeeded(pace.items(), 0);
        }
        assertThat(pace.items()).isEqualTo(100);
    }
}
