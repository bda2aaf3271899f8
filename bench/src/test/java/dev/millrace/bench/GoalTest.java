package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class GoalTest {
    private final Goal twice = Goal.ratio("2 × the best", "ours", List.of("one", "other"), 2);

    @Test
    void ratioIsToTheBestOfTheOthers() {
        Map<String, List<Turn>> turns =
                Map.of("ours", Turns.of(50), "one", Turns.of(10), "other", Turns.of(20));

        assertThat(twice.value(turns).middle()).isEqualTo(2.5);
        assertThat(twice.verdict(turns)).isEqualTo("2 × the best — 2.50 × (2.50–2.50): met");
    }

    @Test
    void belowTheBoundIsMissed() {
        Map<String, List<Turn>> turns =
                Map.of("ours", Turns.of(30), "one", Turns.of(20), "other", Turns.of(10));

        assertThat(twice.verdict(turns)).isEqualTo("2 × the best — 1.50 × (1.50–1.50): **missed**");
    }

    @Test
    void verdictThatSomeRoundsContradictSaysSo() {
        Map<String, List<Turn>> turns =
                Map.of(
                        "ours",
                        Turns.of(19, 21, 23),
                        "one",
                        Turns.of(10, 10, 10),
                        "other",
                        Turns.of(1, 1, 1));

        assertThat(twice.verdict(turns)).endsWith("2.10 × (1.90–2.30): met, within the noise");
    }

    @Test
    void voidContestantMakesVoidWhatItIsComparedIn() {
        Map<String, List<Turn>> turns = Map.of("ours", Turns.of(50), "one", Turns.of(10));

        assertThat(twice.value(turns).isVoid()).isTrue();
        assertThat(twice.verdict(turns)).isEqualTo("2 × the best — void");
    }

    @Test
    void boundOfAFigureIsTheMost() {
        Goal goal = Goal.atMost("at most 300 ms", "ours", "visible-p99-ms", 300);

        assertThat(goal.verdict(Map.of("ours", Turns.with("visible-p99-ms", 299, 300, 300))))
                .isEqualTo("at most 300 ms — 300.00 (299.00–300.00): met");
        assertThat(goal.verdict(Map.of("ours", Turns.with("visible-p99-ms", 310))))
                .endsWith(": **missed**");
    }

    @Test
    void whatIsOnlyShownIsNotJudged() {
        Goal shown = Goal.shown("beside it", "ours", List.of("one"));

        assertThat(shown.verdict(Map.of("ours", Turns.of(3), "one", Turns.of(2))))
                .isEqualTo("beside it — 1.50 × (1.50–1.50)");
    }
}
