package dev.millrace.core.detect;

import static dev.millrace.core.detect.Direction.DROP;
import static dev.millrace.core.detect.Direction.SURGE;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Random;

class WatchedGroupTest {
    private static final long MINUTE_MS = 60_000;
    private static final int DAY = 12 * 24;

    @Test
    void tenfoldIsOneAlertWithItsFirstWindowAtAnyTimeOfTheWeek() {
        surges(10, 1, 0, 24, 1);
    }

    /**
     * Not in the evening, when the last two hours were that much above what is ordinary now, and
     * not on the first Saturday, of which only a Friday is known.
     */
    @Test
    void threefoldIsOneAlertWithinTwoWindowsByDayOnceAWeekIsKnown() {
        surges(3, 8, 8, 20, 2);
    }

    private static void surges(
            double factor, int fromDay, int fromHour, int toHour, int withinWindows) {
        Random random = new Random(7);
        for (int seed = 0; seed < 200; seed++) {
            DailyCurve curve = new DailyCurve(2_000, new Random(seed));
            int hour = fromHour + random.nextInt(toHour - fromHour);
            int windows = (fromDay + random.nextInt(9)) * DAY + 12 * hour + random.nextInt(12);
            Watching watching = Watching.counts(5 * MINUTE_MS).windows(windows, curve::events);
            Span first = watching.window();
            watching.windows(6, window -> factor * curve.events(window));
            Span back = watching.window();
            watching.windows(30, curve::events);
            assertThat(watching.begun())
                    .as("seed %d, at window %d", seed, windows)
                    .singleElement()
                    .satisfies(alert -> {
                        assertThat(alert.direction()).isEqualTo(SURGE);
                        assertThat(alert.windowStartMs())
                                .isBetween(
                                        first.startMs(),
                                        first.startMs() + (withinWindows - 1) * (5 * MINUTE_MS));
                        assertThat(alert.score()).isGreaterThanOrEqualTo(4);
                    });
            assertThat(watching.ended())
                    .as("seed %d, at window %d", seed, windows)
                    .singleElement()
                    .satisfies(alert -> assertThat(alert.endedAtMs()).isEqualTo(back.endMs()));
        }
    }

    @Test
    void silenceIsADropOnceAndEndsWithTheFirstOrdinaryWindow() {
        Watching watching = Watching.counts(MINUTE_MS).windows(50, 100);
        Span first = watching.window();
        watching.windows(5, 0);
        Span back = watching.window();
        watching.windows(10, 100);

        assertThat(watching.begun())
                .containsExactly(
                        new Excursion(
                                DROP, first.startMs(), Excursion.OPEN, 0, 100, -4.975185951049946));
        assertThat(watching.ended())
                .singleElement()
                .satisfies(alert -> assertThat(alert.endedAtMs()).isEqualTo(back.endMs()));
    }

    @Test
    void fallToAFifthIsADrop() {
        for (int seed = 0; seed < 100; seed++) {
            DailyCurve curve = new DailyCurve(2_000, new Random(seed));
            Watching watching =
                    Watching.counts(5 * MINUTE_MS).windows(8 * DAY + 12 * 14, curve::events);
            watching.windows(3, window -> 0.2 * curve.events(window));
            assertThat(watching.begun())
                    .as("seed %d", seed)
                    .singleElement()
                    .satisfies(alert -> assertThat(alert.direction()).isEqualTo(DROP));
        }
    }

    @Test
    void surgeIsSeenOnTheEarlyRowAndNotAgainWhenItsWindowCloses() {
        Watching watching = Watching.counts(MINUTE_MS).windows(20, 100).early(150).early(600);
        assertThat(watching.begun()).singleElement().extracting(Excursion::value).isEqualTo(600.0);

        watching.early(800).windows(1, 1_000).early(500).windows(2, 900).windows(5, 100);

        assertThat(watching.begun()).hasSize(1);
        assertThat(watching.ended())
                .singleElement()
                .satisfies(alert -> assertThat(alert.value()).isEqualTo(1_000));
    }

    @Test
    void dropIsNotSeenBeforeItsWindowCloses() {
        assertThat(Watching.counts(MINUTE_MS).windows(20, 100).early(1).begun()).isEmpty();
    }

    @Test
    void nothingIsExpectedOfAGroupThatIsNew() {
        assertThat(Watching.counts(MINUTE_MS).windows(5, 100).windows(1, 1_000).begun()).isEmpty();
        assertThat(Watching.counts(MINUTE_MS).windows(6, 100).windows(1, 1_000).begun()).hasSize(1);
    }

    @Test
    void whatIsBelowTheMinimumIsNoAlert() {
        Watching watching = new Watching(MINUTE_MS, 500, Noise.COUNT);
        assertThat(watching.windows(20, 100).windows(3, 499).windows(20, 100).windows(3, 0).begun())
                .isEmpty();
        assertThat(watching.windows(20, 100).windows(1, 500).begun()).hasSize(1);
    }

    @Test
    void alertGoesOnWhileTheValueComesHalfwayBack() {
        Watching watching = Watching.counts(MINUTE_MS).windows(20, 100).windows(1, 300);
        watching.windows(1, 150).windows(1, 300);
        assertThat(watching.begun()).hasSize(1);
        assertThat(watching.ended()).isEmpty();
        assertThat(watching.windows(1, 130).ended()).hasSize(1);
    }

    @Test
    void levelThatStaysIsTheOrdinaryOneAfterTwentyFourWindows() {
        Watching watching = Watching.counts(MINUTE_MS).windows(30, 100).windows(23, 1_000);
        assertThat(watching.ended()).isEmpty();
        watching.windows(1, 1_000);
        assertThat(watching.ended()).hasSize(1);
        watching.windows(50, 1_000);
        assertThat(watching.begun()).hasSize(1);
        assertThat(watching.windows(1, 5_000).begun()).hasSize(2);
    }

    @Test
    void surgeRaisesTheBaselineOfTheNextOneLittle() {
        Watching watching = Watching.counts(MINUTE_MS).windows(30, 100).windows(10, 1_000);
        watching.windows(2, 100).windows(1, 1_000);
        assertThat(watching.begun()).hasSize(2).extracting(Excursion::baseline).containsOnly(100.0);
    }

    @Test
    void measureIsHeldAgainstItsOwnSpread() {
        Random random = new Random(3);
        Watching watching = new Watching(MINUTE_MS, 0, Noise.MEASURE);
        watching.windows(200, _ -> 0.3 + 0.01 * random.nextGaussian());
        assertThat(watching.begun()).isEmpty();
        assertThat(watching.windows(1, 0.6).begun()).hasSize(1);
    }

    @Test
    void whatIsStoredIsWhatGoesOn() {
        DailyCurve curve = new DailyCurve(500, new Random(11));
        Watching kept = Watching.counts(5 * MINUTE_MS);
        Watching restored = Watching.counts(5 * MINUTE_MS);
        Random random = new Random(12);
        for (int i = 0; i < 9 * DAY; i++) {
            double factor = random.nextInt(100) == 0 ? 8 : 1;
            double value = Math.rint(factor * curve.mean(kept.window()));
            kept.windows(1, value);
            restored.windows(1, value).restored();
            assertThat(restored.state()).isEqualTo(kept.state());
        }
        assertThat(restored.begun()).isNotEmpty().isEqualTo(kept.begun());
        assertThat(restored.ended()).isEqualTo(kept.ended());
    }
}
