package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class ReportTest {
    private static final Spec SPEC = new Spec("tumbling", "jackson", 2, 5, 5, 2_000, "");
    private static final Row ROW =
            new Row(
                    1,
                    3,
                    "Counting",
                    "journal",
                    List.of("heap-MiB"),
                    List.of(
                            new Contestant("ours", CoreCount.class, SPEC),
                            new Contestant("theirs", CoreCount.class, SPEC)),
                    List.of(Goal.ratio("2 ×", "ours", List.of("theirs"), 2)));

    private final Report report = new Report("Short form, turns of 3 s", "2 × a processor");

    @Test
    void saysOnWhatItWasMadeAndNotWhen() {
        assertThat(report.markdown())
                .startsWith("Short form, turns of 3 s, in alternation;")
                .contains(" 2 × a processor.\n\n| row |");
    }

    @Test
    void rowHasMediansWithTheirRangesAndTheVerdict() {
        report.add(
                ROW,
                Map.of(
                        "ours",
                        Turns.of(3_000, 2_000, 4_000),
                        "theirs",
                        Turns.of(1_000, 1_000, 1_000)));

        assertThat(report.markdown().lines().skip(4))
                .containsExactly(
                        "| **1** | **Counting (ours without journal)**, 3 rounds | | | | | |"
                                + " 2 × — 3.00 × (2.00–4.00): met |",
                        "| | ours | 3,000 (2,000–4,000) | 1,500 | 2.00 |  |  | |",
                        "| | theirs | 1,000 (1,000–1,000) | 500 | 2.00 |  |  | |");
    }

    @Test
    void voidContestantHasNoFigures() {
        report.add(ROW, Map.of("ours", Turns.of(3_000)));

        assertThat(report.markdown())
                .contains("| | theirs | void | | | | | |\n")
                .contains("2 × — void |\n");
    }

    @Test
    void figuresThatWereMeasuredAreNamed() {
        report.add(ROW, Map.of("ours", Turns.with("heap-MiB", 76.5)));

        assertThat(report.markdown()).contains("heap-MiB 76.50 (76.50–76.50)");
    }
}
