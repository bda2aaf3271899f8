package dev.millrace.core.detect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;

class QuietTrafficTest {
    private static final long MINUTE_MS = 60_000;
    private static final long DAY_MS = 1440 * MINUTE_MS;
    private static final double[] BUSIEST = {10, 30, 100, 1_000, 10_000};

    /** The third week is held against the hours of two others. */
    @ParameterizedTest
    @ValueSource(longs = {5, 15, 30, 60, 360, 1440})
    void weeksOfOrdinaryDaysRaiseNoAlert(long minutes) {
        for (double busiest : BUSIEST) {
            for (int seed = 0; seed < 15; seed++) {
                quietWeeks(minutes, busiest, seed, 3);
            }
        }
    }

    @Test
    void weekOfMinutesRaisesNoAlert() {
        for (double busiest : BUSIEST) {
            for (int seed = 0; seed < 4; seed++) {
                quietWeeks(1, busiest, seed, 1);
            }
        }
    }

    private static void quietWeeks(long minutes, double busiest, int seed, int weeks) {
        DailyCurve curve = new DailyCurve(busiest, new Random(seed));
        Watching watching =
                Watching.counts(minutes * MINUTE_MS)
                        .windows((int) (7L * weeks * DAY_MS / MINUTE_MS / minutes), curve::events);
        assertThat(watching.begun())
                .as("busiest %s, windows of %d minutes, seed %d", busiest, minutes, seed)
                .isEmpty();
    }

    @Test
    void noiseAboutOneLevelRaisesNoAlert() {
        for (int seed = 0; seed < 25; seed++) {
            for (double level : new double[] {0.2, 1, 3, 10, 50, 1_000}) {
                DailyCurve chance = new DailyCurve(0, new Random(seed));
                Watching watching =
                        Watching.counts(MINUTE_MS).windows(2_000, _ -> chance.poisson(level));
                assertThat(watching.begun()).as("level %s, seed %d", level, seed).isEmpty();
            }
        }
    }

    @Test
    void whatHappensEveryWeekIsLearned() {
        long hourMs = 60 * MINUTE_MS;
        Watching watching =
                Watching.counts(5 * MINUTE_MS)
                        .windows(
                                12 * 24 * 7 * 8,
                                window -> {
                                    boolean newsletter =
                                            window.startMs() / hourMs % (7 * 24) == 5 * 24 + 9;
                                    return newsletter ? 200 : 100;
                                });
        assertThat(watching.begun())
                .hasSizeLessThanOrEqualTo(4)
                .allMatch(alert -> alert.windowStartMs() < DailyCurve.MONDAY_MS + 5 * 7 * DAY_MS);
    }
}
