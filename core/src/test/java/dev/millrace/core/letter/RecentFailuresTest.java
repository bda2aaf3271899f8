package dev.millrace.core.letter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentFailuresTest {
    private static final long MINUTE = 60_000;
    private static final long NOW = 1_000 * MINUTE + 30_000;
    private static final int LAST = RecentFailures.MINUTES - 1;

    @Test
    void eachMinuteIsCountedByItself() {
        int[] counts =
                RecentFailures.NONE
                        .plus(NOW - MINUTE, 1)
                        .plus(NOW, 2)
                        .plus(NOW - LAST * MINUTE, 3)
                        .upTo(NOW);

        assertThat(counts).hasSize(RecentFailures.MINUTES);
        assertThat(counts[LAST]).isEqualTo(2);
        assertThat(counts[LAST - 1]).isEqualTo(1);
        assertThat(counts[0]).isEqualTo(3);
    }

    @Test
    void whatIsLongAgoIsForgotten() {
        RecentFailures failures = RecentFailures.NONE.plus(NOW, 1);

        assertThat(failures.upTo(NOW + LAST * MINUTE)[0]).isEqualTo(1);
        assertThat(failures.upTo(NOW + (LAST + 1) * MINUTE)).containsOnly(0);
        assertThat(failures.plus(NOW - (LAST + 1) * MINUTE, 1)).isEqualTo(failures);
    }

    @Test
    void whatHasGoneIsTakenOff() {
        RecentFailures failures = RecentFailures.NONE.plus(NOW, 2).plus(NOW, -1);

        assertThat(failures.upTo(NOW)[LAST]).isEqualTo(1);
        assertThat(failures.plus(NOW, -5).upTo(NOW)).containsOnly(0);
    }

    @Test
    void twoAreAddedMinuteByMinute() {
        RecentFailures older = RecentFailures.NONE.plus(NOW - 2 * MINUTE, 1).plus(NOW - MINUTE, 1);
        RecentFailures newer = RecentFailures.NONE.plus(NOW - MINUTE, 2).plus(NOW, 4);

        int[] counts = older.plus(newer).upTo(NOW);

        assertThat(counts[LAST]).isEqualTo(4);
        assertThat(counts[LAST - 1]).isEqualTo(3);
        assertThat(counts[LAST - 2]).isEqualTo(1);
        assertThat(newer.plus(older)).isEqualTo(older.plus(newer));
    }

    @Test
    void theFirstMinuteIsKnown() {
        assertThat(RecentFailures.fromMs(NOW)).isEqualTo((1_000 - LAST) * MINUTE);
    }
}
