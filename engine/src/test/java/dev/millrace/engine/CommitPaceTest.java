package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

class CommitPaceTest {
    private static final long INTERVAL_MS = 250;

    private final CommitPace pace = new CommitPace(nanos(INTERVAL_MS), 0);

    @Test
    void firstIsDueAfterAnInterval() {
        assertDueAt(INTERVAL_MS);
    }

    @Test
    void cheapOnesComeOften() {
        commit(1_000, 1_001);

        assertDueAt(1_100);
    }

    @Test
    void dearerOnesTakeATenthOfTheTime() {
        commit(1_000, 1_015);

        assertDueAt(1_150);
    }

    @Test
    void anIntervalIsNeverExceededForThat() {
        CommitPace hasty = new CommitPace(nanos(20), 0);
        hasty.begun(nanos(1_000));
        hasty.ended(nanos(1_001));

        assertThat(hasty.isDue(nanos(1_020))).isTrue();
    }

    @Test
    void nextIsDueAnIntervalAfterTheLastBegan() {
        commit(1_000, 1_040);

        assertDueAt(1_000 + INTERVAL_MS);
    }

    @Test
    void longOneIsFollowedByAsLongAPause() {
        commit(1_000, 1_200);

        assertDueAt(1_400);
    }

    @Test
    void pauseIsNoLongerThanAnInterval() {
        commit(1_000, 9_000);

        assertDueAt(9_000 + INTERVAL_MS);
    }

    /** Beats are not exact; the one that comes nearest counts. */
    private void assertDueAt(long ms) {
        long halfBeat = nanos(Engine.BEAT_MS) / 2;
        assertThat(pace.isDue(nanos(ms) - halfBeat)).isTrue();
        assertThat(pace.isDue(nanos(ms) - halfBeat - 1)).isFalse();
    }

    private void commit(long beginMs, long endMs) {
        pace.begun(nanos(beginMs));
        pace.ended(nanos(endMs));
    }

    private static long nanos(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }
}
