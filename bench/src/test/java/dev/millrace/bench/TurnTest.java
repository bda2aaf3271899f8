package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.Map;

class TurnTest {
    @Test
    void lineIsReadAsItWasWritten() {
        Turn turn = new Turn(Map.of("events", 12_345_678.0, "answer-p99-ms", 0.25));

        assertThat(turn.line()).isEqualTo("RESULT answer-p99-ms=0.25 events=12345678");
        assertThat(Turn.parse(turn.line())).contains(turn);
    }

    @Test
    void whatElseAContestantSaysIsNoTurn() {
        assertThat(Turn.parse("12:00:01 INFO the cluster has formed")).isEmpty();
    }

    @Test
    void ratesFollowFromEvents() {
        Turn turn =
                new Turn(
                        Map.of(
                                "events",
                                100.0,
                                "seconds",
                                4.0,
                                "cpuSeconds",
                                5.0,
                                "server-cpu-s",
                                2.0));

        assertThat(turn.figure("events/s")).isEqualTo(25);
        assertThat(turn.figure("events/cpu-s")).isEqualTo(20);
        assertThat(turn.figure("server-events/cpu-s")).isEqualTo(50);
        assertThat(turn.figure("heap-MiB")).isNaN();
    }

    @Test
    void countedLateAndRejectedAddUpToTheInput() {
        Turn turn = counts(100, 97, 2, 1);

        assertThatCode(turn::prove).doesNotThrowAnyException();
    }

    @Test
    void missingEventIsFound() {
        Turn turn = counts(100, 97, 2, 0);

        assertThatThrownBy(turn::prove)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("accounts for 99 of 100");
    }

    @Test
    void nothingCountedIsNoProof() {
        assertThatThrownBy(counts(0, 0, 0, 0)::prove).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void contestantThatReportsNoInputHasProvedItself() {
        assertThatCode(new Turn(Map.of("events", 1.0))::prove).doesNotThrowAnyException();
    }

    private static Turn counts(double input, double counted, double late, double rejected) {
        return new Turn(
                Map.of("input", input, "counted", counted, "late", late, "rejected", rejected));
    }
}
