package dev.millrace.testing;

import static dev.millrace.testing.LedgerState.ledger;
import static dev.millrace.testing.LetterState.failed;
import static dev.millrace.testing.LetterState.late;
import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.change;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Step.history;
import static dev.millrace.testing.Step.letter;
import static dev.millrace.testing.Step.replay;
import static dev.millrace.testing.Step.tick;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import dev.millrace.core.task.LetterOutcome;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Which events come too late, and what becomes of them. */
class LatenessTest {
    private static final String VIEWS =
            """
            pipeline: web
            outOfOrder: 0s
            stages:
              - name: views
                aggregate: {window: {tumbling: 5m}, values: {views: count}, lateness: 1m}
            """;

    private static final String CORRECTED =
            """
            pipeline: web
            outOfOrder: 0s
            stages:
              - name: views
                aggregate:
                  window: {tumbling: 5m}
                  by: [data.path]
                  values: {views: count, most: {max: data.ms}}
                  lateness: 1m
                  late: correct
                  keep: 1h
            """;

    @Test
    void eventIsLateFromTheMillisecondOnAtWhichLatenessEnds() {
        verify(VIEWS)
                .feed(event("a", at("12:01")), tick(at("12:06") - 1), event("b", at("12:01")))
                .expectRows(row("views", at("12:00"), 2).fin())
                .expectLetters();
        verify(VIEWS)
                .feed(event("a", at("12:01")), tick(at("12:06")), event("b", at("12:01")))
                .expectRows(row("views", at("12:00"), 1).fin())
                .expectLetters(late("b", "views"))
                .expectLedger(ledger().completed(2).late("views", 1));
    }

    private static final String TWO_KEEPS =
            """
            pipeline: web
            outOfOrder: 0s
            stages:
              - {name: good, filter: "data.ok"}
              - name: brief
                aggregate: {window: {tumbling: 1m}, values: {views: count}, keep: 5m}
              - name: views
                aggregate: {window: {tumbling: 5m}, values: {views: count}, keep: 1d}
            """;

    @Test
    void historyCountsWhereverItsRowIsKept() {
        verify(TWO_KEEPS)
                .feed(
                        event("live", at("12:30")).with("ok", true),
                        history(List.of(event("old", at("11:01")).with("ok", true))))
                .expectRows(
                        row("brief", at("12:30"), 1),
                        row("views", at("12:30"), 1),
                        row("views", at("11:00"), 1).fin())
                .expectLetters(late("old", "brief"))
                .expectLedger(ledger().completed(2).late("brief", 1));
    }

    @Test
    void replayGoesOnPastAnAggregateThatNoLongerKeepsItsRow() {
        verify(TWO_KEEPS)
                .feed(
                        event("a", at("12:01")),
                        tick(at("12:30")),
                        change(TWO_KEEPS.replace("data.ok", "!has(data.ok) || data.ok")),
                        replay("r", letter("a", "good")))
                .expectRows(row("views", at("12:00"), 1).fin())
                .expectLetters(late("a", "brief"))
                .expectOutcomes(LetterOutcome.Result.REPLAYED);
    }

    @Test
    void replayThatNoAggregateCanTakeAnyMoreFailsAndLeavesTheLetter() {
        verify(TWO_KEEPS.replace("keep: 1d", "keep: 10m"))
                .feed(
                        event("a", at("12:01")),
                        tick(at("12:30")),
                        change(
                                TWO_KEEPS
                                        .replace("keep: 1d", "keep: 10m")
                                        .replace("data.ok", "!has(data.ok) || data.ok")),
                        replay("r", letter("a", "good")))
                .expectRows()
                .expectLetters(failed("a", "good", "no-longer-kept").attempts(2))
                .expectLedger(ledger().dead(1));
    }

    @Test
    void lateEventOfAWindowWithoutRowsMakesNone() {
        verify(VIEWS)
                .feed(event("a", at("12:10")), event("b", at("12:01")))
                .expectRows(row("views", at("12:10"), 1))
                .expectLetters(late("b", "views"));
    }

    @Test
    void eventIsLateForEachAggregateByItself() {
        verify(
                        """
                        pipeline: web
                        outOfOrder: 0s
                        stages:
                          - name: strict
                            aggregate: {window: {tumbling: 5m}, values: {views: count}, lateness: 0s}
                          - name: patient
                            aggregate: {window: {tumbling: 5m}, values: {views: count}, lateness: 10m}
                          - name: wide
                            aggregate: {window: {tumbling: 1h}, values: {views: count}, lateness: 0s}
                        """)
                .feed(event("a", at("12:01")), event("b", at("12:07")), event("c", at("12:02")))
                .expectRows(
                        row("strict", at("12:00"), 1).fin(),
                        row("strict", at("12:05"), 1),
                        row("patient", at("12:00"), 2).fin(),
                        row("patient", at("12:05"), 1),
                        row("wide", at("12:00"), 3))
                .expectLetters(late("c", "strict"))
                .expectLedger(ledger().completed(3).late("strict", 1));
    }

    @Test
    void lateEventThatWhereExcludesIsNotLate() {
        verify(VIEWS.replace("lateness: 1m", "lateness: 1m, where: data.counts"))
                .feed(
                        event("a", at("12:10")).with("counts", true),
                        event("b", at("12:01")).with("counts", false))
                .expectLetters()
                .expectLedger(ledger().completed(2));
    }

    @Test
    void lateEventGoesOnAndMayFailFurtherDown() {
        verify(VIEWS + "  - {name: strict, filter: data.status < 400}\n")
                .feed(event("a", at("12:10")).with("status", 200), event("b", at("12:01")))
                .expectLetters(late("b", "views"), failed("b", "strict", "no-such-field"))
                .expectLedger(ledger().completed(1).dead(1).late("views", 1));
    }

    @Test
    void lateEventCorrectsTheFinalRowWhereThePolicySaysSo() {
        verify(CORRECTED)
                .feed(
                        event("a", at("12:01")).with("path", "/a").with("ms", 7),
                        event("b", at("12:01")).with("path", "/b").with("ms", 1),
                        event("c", at("12:30")).with("path", "/a"),
                        event("late", at("12:02")).with("path", "/a").with("ms", 9),
                        event("later", at("12:02")).with("path", "/a").with("ms", 2))
                .expectInOrder(
                        row("views", at("12:00"), 1, 7).group("/a"),
                        row("views", at("12:00"), 1, 1).group("/b"),
                        row("views", at("12:00"), 1, 7).group("/a").fin(),
                        row("views", at("12:00"), 1, 1).group("/b").fin(),
                        row("views", at("12:30"), 1, null).group("/a"),
                        row("views", at("12:00"), 2, 9).group("/a").fin(),
                        row("views", at("12:00"), 3, 9).group("/a").fin())
                .expectLetters()
                .expectLedger(ledger().completed(5).late("views", 2));
    }

    @Test
    void correctionMayBringANewGroupOrAnEmptyWindow() {
        verify(CORRECTED)
                .feed(
                        event("a", at("12:01")).with("path", "/a"),
                        event("b", at("12:30")).with("path", "/a"),
                        event("new group", at("12:02")).with("path", "/b"),
                        event("empty window", at("12:12")).with("path", "/c"))
                .expectRows(
                        row("views", at("12:00"), 1, null).group("/a").fin(),
                        row("views", at("12:00"), 1, null).group("/b").fin(),
                        row("views", at("12:10"), 1, null).group("/c").fin(),
                        row("views", at("12:30"), 1, null).group("/a"));
    }

    @Test
    void rowThatIsNoLongerKeptIsNotCorrected() {
        verify(CORRECTED)
                .feed(
                        event("a", at("12:01")).with("path", "/a"),
                        tick(at("13:05") - 1),
                        event("kept", at("12:02")).with("path", "/a"),
                        tick(at("13:05")),
                        event("gone", at("12:03")).with("path", "/a"))
                .expectRows()
                .expectLetters(late("gone", "views"))
                .expectLedger(ledger().completed(3).late("views", 2));
    }
}
