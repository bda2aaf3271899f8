package dev.millrace.testing;

import static dev.millrace.testing.Step.advance;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Verification.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.detect.Alert;
import dev.millrace.core.detect.Direction;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

class DetectTest {
    private static final long WINDOW_MS = 10_000;
    private static final long BEGIN_MS = Times.RECEIVED / WINDOW_MS * WINDOW_MS - 40 * WINDOW_MS;

    private static final String PIPELINE =
            """
            pipeline: test
            outOfOrder: 0s
            stages:
              - name: views
                aggregate:
                  window: {tumbling: 10s}
                  by: [source]
                  values: {views: count}
                  lateness: 1d
              - name: surge
                detect: {of: views, value: views, sensitivity: 4, minimum: 10}
            """;

    private static final String SUMS =
            PIPELINE.replace("views: count", "views: {sum: data.amount}");

    /** One amount a window, from the window {@code first} on. */
    private static List<Step> amounts(int first, int... amounts) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < amounts.length; i++) {
            int window = first + i;
            steps.add(
                    event("amount-" + window, BEGIN_MS + window * WINDOW_MS)
                            .from("a")
                            .with("amount", amounts[i]));
        }
        return steps;
    }

    private static boolean isSurge(Alert alert) {
        return alert.direction() == Direction.SURGE;
    }

    /** What one source sends, window after window. */
    private static List<Step> counts(String source, int... counts) {
        List<Step> steps = new ArrayList<>();
        for (int window = 0; window < counts.length; window++) {
            for (int i = 0; i < counts[window]; i++) {
                steps.add(
                        event(source + "-" + window + "-" + i, BEGIN_MS + window * WINDOW_MS + i)
                                .from(source));
            }
        }
        return steps;
    }

    /** Steps by the times of their events. */
    private static List<Step> together(List<Step> some, List<Step> others) {
        return Stream.concat(some.stream(), others.stream())
                .sorted((one, other) ->
                        Long.compare(
                                ((Step.Sent) one).timestampMs(), ((Step.Sent) other).timestampMs()))
                .toList();
    }

    private static List<Step.Sent> sent(List<Step> steps) {
        return steps.stream().map(Step.Sent.class::cast).toList();
    }

    private static Step closed(int windows) {
        return advance(BEGIN_MS + windows * WINDOW_MS);
    }

    private static void isSurge(Alert alert, String source, int from, int until) {
        assertThat(alert.direction()).isEqualTo(Direction.SURGE);
        assertThat(alert.group()).containsEntry("source", source);
        assertThat(alert.windowStartMs()).isEqualTo(BEGIN_MS + from * WINDOW_MS);
        assertThat(alert.endedAtMs()).hasValue(BEGIN_MS + until * WINDOW_MS);
    }

    @Test
    void surgeIsOneAlertHoweverCommitsFall() {
        verify(PIPELINE)
                .partitions(1, 3)
                .feed(counts("a", 5, 6, 5, 4, 5, 6, 5, 50, 60, 5, 5))
                .feed(closed(11))
                .expectAlerts(alerts ->
                        assertThat(alerts)
                                .singleElement()
                                .satisfies(alert -> {
                                    isSurge(alert, "a", 7, 10);
                                    assertThat(alert.value()).isEqualTo(60);
                                }));
    }

    @Test
    void surgeIsOpenBeforeItsWindowCloses() {
        verify(PIPELINE)
                .feed(counts("a", 5, 6, 5, 4, 5, 6, 5, 50))
                .expectAlerts(alerts ->
                        assertThat(alerts)
                                .singleElement()
                                .satisfies(alert -> assertThat(alert.isOpen()).isTrue()));
    }

    @Test
    void groupsAreWatchedApart() {
        verify(PIPELINE)
                .feed(
                        together(
                                counts("a", 5, 6, 5, 4, 5, 6, 5, 50, 5, 5),
                                counts("b", 40, 40, 40, 40, 40, 40, 40, 40, 40, 40)))
                .feed(closed(10))
                .expectAlerts(alerts ->
                        assertThat(alerts)
                                .singleElement()
                                .satisfies(alert -> isSurge(alert, "a", 7, 9)));
    }

    @Test
    void correctedRowNeverAlertsTwice() {
        List<Step> corrections = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            corrections.add(event("late-" + i, BEGIN_MS + 7 * WINDOW_MS + i).from("a"));
        }
        verify(PIPELINE)
                .feed(counts("a", 5, 6, 5, 4, 5, 6, 5, 50, 5, 5))
                .feed(closed(10))
                .feed(corrections)
                .expectAlerts(alerts ->
                        assertThat(alerts)
                                .singleElement()
                                .satisfies(alert -> isSurge(alert, "a", 7, 9)));
    }

    @Test
    void silenceOfOneGroupIsADrop() {
        int[] steady = new int[12];
        Arrays.fill(steady, 1);
        verify(PIPELINE)
                .feed(
                        together(
                                counts("a", 70, 70, 70, 70, 70, 70, 70, 0, 0, 70),
                                counts("b", steady)))
                .feed(closed(11))
                .expectAlerts(alerts ->
                        assertThat(alerts)
                                .first()
                                .satisfies(alert -> {
                                    assertThat(alert.direction()).isEqualTo(Direction.DROP);
                                    assertThat(alert.value()).isZero();
                                    assertThat(alert.windowStartMs())
                                            .isEqualTo(BEGIN_MS + 7 * WINDOW_MS);
                                }));
    }

    @Test
    void historyBeforeTheFirstLiveEventRaisesNoAlert() {
        verify(PIPELINE)
                .partitions(1, 3)
                .feed(Step.history(sent(counts("a", 5, 6, 5, 4, 5, 6, 5, 50, 5))))
                .feed(event("live", BEGIN_MS + 20 * WINDOW_MS).from("a"))
                .feed(closed(22))
                .expectAlerts(alerts -> assertThat(alerts).isEmpty());
    }

    @Test
    void sumThatMayShrinkIsASurgeOnlyWhenItsWindowIsClosed() {
        List<Step> fees = new ArrayList<>(amounts(0, 100, 105, 100, 95, 100, 105, 100));
        Step fee = amounts(7, 1_000).getFirst();
        Step refund = event("refund", BEGIN_MS + 7 * WINDOW_MS + 1).from("a").with("amount", -900);
        verify(SUMS)
                .feed(fees)
                .feed(fee, refund)
                .feed(closed(9))
                .expectAlerts(alerts -> assertThat(alerts).noneMatch(DetectTest::isSurge));
    }

    @Test
    void alertIsKeptWhileItIsOpenHoweverShortItsRowsAreKept() {
        verify(PIPELINE.replace("lateness: 1d", "lateness: 0s\n      keep: 1m"))
                .feed(counts("a", 5, 6, 5, 4, 5, 6, 5, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50))
                .expectAlerts(alerts ->
                        assertThat(alerts)
                                .singleElement()
                                .satisfies(alert -> {
                                    assertThat(alert.isOpen()).isTrue();
                                    assertThat(alert.windowStartMs())
                                            .isEqualTo(BEGIN_MS + 7 * WINDOW_MS);
                                }));
    }

    @Test
    void otherSensitivityGoesOnWithTheBaselines() {
        verify(PIPELINE)
                .feed(counts("a", 5, 6, 5, 4, 5, 6, 5))
                .feed(Step.change(PIPELINE.replace("sensitivity: 4", "sensitivity: 100")))
                .feed(Step.change(PIPELINE.replace("sensitivity: 4", "sensitivity: 3")))
                .feed(counts("a", 0, 0, 0, 0, 0, 0, 0, 50, 5))
                .feed(closed(9))
                .expectAlerts(alerts -> assertThat(alerts).hasSize(1));
    }
}
