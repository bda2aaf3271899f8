package dev.millrace.testing;

import static dev.millrace.core.task.LetterOutcome.Result.DISCARDED;
import static dev.millrace.core.task.LetterOutcome.Result.FAILED;
import static dev.millrace.core.task.LetterOutcome.Result.GONE;
import static dev.millrace.core.task.LetterOutcome.Result.PARKED;
import static dev.millrace.core.task.LetterOutcome.Result.REPLAYED;
import static dev.millrace.testing.LedgerState.ledger;
import static dev.millrace.testing.LetterState.failed;
import static dev.millrace.testing.LetterState.late;
import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.change;
import static dev.millrace.testing.Step.discard;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Step.letter;
import static dev.millrace.testing.Step.replay;
import static dev.millrace.testing.Step.tick;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.letter.DeadLetter;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Collections;

/** What comes of dead letters that are tried again or deleted. */
class ReplayTest {
    private static final String STRICT =
            """
            pipeline: web
            outOfOrder: 0s
            stages:
              - name: all
                aggregate: {window: {tumbling: 5m}, values: {n: count}}
              - {name: tidy, transform: {data.path: "data.path.lowerAscii()"}}
              - {name: good, filter: "data.status < 400"}
              - name: views
                aggregate: {window: {tumbling: 5m}, by: [data.path], values: {n: count}}
            """;

    /** Takes a missing status for a good one. */
    private static final String LENIENT =
            STRICT.replace("data.status < 400", "!has(data.status) || data.status < 400");

    private static final Step.Sent BROKEN = event("e", at("12:01")).with("path", "/A");

    @Test
    void replayGoesOnAtTheStageThatFailedAndCountsTheEventOnce() {
        verify(STRICT)
                .feed(BROKEN, change(LENIENT), replay("r", letter("e", "good")))
                .expectRows(row("all", at("12:00"), 1), row("views", at("12:00"), 1).group("/a"))
                .expectLetters()
                .expectOutcomes(REPLAYED)
                .expectLedger(ledger().completed(1));
    }

    @Test
    void replayedEventMayBeFilteredInTheEnd() {
        verify(STRICT)
                .feed(
                        BROKEN,
                        change(
                                LENIENT.replace("!has(data.status)", "false && true")
                                        .replace("data.status < 400", "has(data.status)")),
                        replay("r", letter("e", "good")))
                .expectRows(row("all", at("12:00"), 1))
                .expectLetters()
                .expectOutcomes(REPLAYED)
                .expectLedger(ledger().filtered(1));
    }

    @Test
    void replayOfALateEventIsNotLate() {
        verify(STRICT)
                .feed(BROKEN, tick(at("20:00")), change(LENIENT), replay("r", letter("e", "good")))
                .expectRows(
                        row("all", at("12:00"), 1).fin(),
                        row("views", at("12:00"), 1).group("/a").fin())
                .expectLetters()
                .expectLedger(ledger().completed(1));
    }

    @Test
    void secondFailureAtTheSameStageRaisesAttempts() {
        verify(STRICT)
                .feed(BROKEN, replay("r", letter("e", "good")), replay("s", letter("e", "good")))
                .expectLetters(failed("e", "good", "no-such-field").attempts(3))
                .expectOutcomes(FAILED, FAILED)
                .expectLedger(ledger().dead(1));
    }

    @Test
    void failureAtALaterStageMovesTheLetterThere() {
        verify(STRICT)
                .feed(
                        BROKEN,
                        change(
                                LENIENT.replace(
                                        "by: [data.path], values: {n: count}",
                                        "by: [data.path], values: {n: {sum: data.path}}")),
                        replay("r", letter("e", "good")))
                .expectRows(row("all", at("12:00"), 1))
                .expectLetters(failed("e", "views", "type").attempts(2))
                .expectLetter(moved -> assertThat(text(moved)).contains("\"path\":\"/a\""))
                .expectOutcomes(FAILED)
                .expectLedger(ledger().dead(1));
    }

    @Test
    void changesOfStagesBeforeTheFailureAreKeptAndNotMadeAgain() {
        String cut = STRICT.replace("data.path.lowerAscii()", "data.path.substring(1)");
        verify(cut)
                .feed(
                        event("e", at("12:01")).with("path", "/abc"),
                        replay("r", letter("e", "good")),
                        change(cut.replace("data.status < 400", "true")),
                        replay("s", letter("e", "good")))
                .expectRows(row("all", at("12:00"), 1), row("views", at("12:00"), 1).group("abc"))
                .expectOutcomes(FAILED, REPLAYED)
                .expectLetters();
    }

    @Test
    void whatWasCountedBeforeALaterFailureIsNotCountedAgain() {
        String two =
                """
                pipeline: web
                stages:
                  - {name: first, filter: "data.a"}
                  - name: views
                    aggregate: {window: {tumbling: 5m}, values: {n: count}}
                  - {name: second, filter: "data.b"}
                """;
        verify(two)
                .feed(
                        event("e", at("12:01")),
                        change(two.replace("\"data.a\"", "\"true\"")),
                        replay("r", letter("e", "first")),
                        change(two.replace("\"data.b\"", "\"true\"")),
                        replay("s", letter("e", "second")))
                .expectRows(row("views", at("12:00"), 1))
                .expectOutcomes(FAILED, REPLAYED)
                .expectLedger(ledger().completed(1));
    }

    @Test
    void letterStaysWhereItsStageIsGone() {
        verify(STRICT)
                .feed(
                        BROKEN,
                        change(STRICT.replace("name: good", "name: better")),
                        replay("r", letter("e", "good")))
                .expectLetters(failed("e", "good", "no-such-stage").attempts(2))
                .expectLetter(kept -> assertThat(text(kept)).contains("\"path\":\"/a\""))
                .expectOutcomes(FAILED)
                .expectLedger(ledger().dead(1));
    }

    @Test
    void replayOfALetterThatIsGoneDoesNothing() {
        verify(STRICT)
                .feed(BROKEN, replay("r", letter("never", "good")))
                .expectLetters(failed("e", "good", "no-such-field"))
                .expectOutcomes(GONE)
                .expectLedger(ledger().dead(1));
    }

    @Test
    void letterThatIsNamedTwiceIsReplayedOnce() {
        verify(STRICT)
                .feed(
                        BROKEN,
                        change(LENIENT),
                        replay("r", letter("e", "good"), letter("e", "good")))
                .expectRows(row("all", at("12:00"), 1), row("views", at("12:00"), 1).group("/a"))
                .expectOutcomes(REPLAYED, GONE)
                .expectLedger(ledger().completed(1));
    }

    @Test
    void letterIsParkedAfterItsTenthFailure() {
        verify(STRICT)
                .feed(BROKEN)
                .feed(Collections.nCopies(9, replay("r", letter("e", "good"))))
                .expectLetters(failed("e", "good", "no-such-field").attempts(10))
                .expectLetter(parked -> assertThat(parked.parked()).isTrue())
                .expectOutcomes(
                        FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, PARKED);
    }

    @Test
    void parkedLetterCanStillBeReplayed() {
        verify(STRICT)
                .feed(BROKEN)
                .feed(Collections.nCopies(9, replay("r", letter("e", "good"))))
                .feed(change(LENIENT), replay("s", letter("e", "good")))
                .expectLetters()
                .expectLedger(ledger().completed(1));
    }

    @Test
    void replayBypassesDedupe() {
        verify(STRICT)
                .feed(BROKEN, BROKEN, change(LENIENT), replay("r", letter("e", "good")), BROKEN)
                .expectRows(row("all", at("12:00"), 1), row("views", at("12:00"), 1).group("/a"))
                .expectLedger(ledger().completed(1).duplicate(2));
    }

    @Test
    void replayMovesNoWatermark() {
        verify(STRICT)
                .feed(
                        event("old", at("11:00")).with("path", "/").with("status", 1),
                        event("e", at("12:01")).with("path", "/"),
                        replay("r", letter("e", "good")))
                .expectWatermark(at("12:01"));
    }

    @Test
    void discardedLetterIsGone() {
        verify(STRICT)
                .feed(BROKEN, discard("d", letter("e", "good")), replay("r", letter("e", "good")))
                .expectLetters()
                .expectOutcomes(DISCARDED, GONE)
                .expectLedger(ledger().discarded(1));
    }

    @Test
    void letterThatIsDiscardedTwiceCountsOnce() {
        verify(STRICT)
                .feed(BROKEN, discard("d", letter("e", "good"), letter("e", "good")))
                .expectOutcomes(DISCARDED, GONE)
                .expectLedger(ledger().discarded(1));
    }

    @Test
    void lettersOfSeveralPartitionsAreReplayedByThePartitionsThatWroteThem() {
        verify(STRICT)
                .partitions(1, 3)
                .feed(
                        event("a", at("12:01")).with("path", "/a"),
                        event("b", at("12:01")).with("path", "/b"),
                        event("c", at("12:01")).with("path", "/c"),
                        change(LENIENT),
                        replay("r", letter("a", "good"), letter("b", "good"), letter("c", "good")))
                .expectRows(
                        row("all", at("12:00"), 3),
                        row("views", at("12:00"), 1).group("/a"),
                        row("views", at("12:00"), 1).group("/b"),
                        row("views", at("12:00"), 1).group("/c"))
                .expectOutcomes(REPLAYED, REPLAYED, REPLAYED)
                .expectLedger(ledger().completed(3));
    }

    @Test
    void patchIsLaidOverTheEventBeforeItGoesOn() {
        verify(STRICT)
                .feed(
                        BROKEN,
                        replay("r", letter("e", "good"))
                                .patching("{\"data\": {\"status\": 200, \"path\": \"/b\"}}"))
                .expectRows(row("all", at("12:00"), 1), row("views", at("12:00"), 1).group("/b"))
                .expectLetters()
                .expectOutcomes(REPLAYED)
                .expectLedger(ledger().completed(1));
    }

    @Test
    void patchOfALateLetterMovesItToAnotherWindow() {
        verify(TWO_AGGREGATES)
                .feed(
                        event("a", at("12:20")),
                        event("late", at("12:02")),
                        replay("r", letter("late", "strict"))
                                .patching("{\"timestamp\": %d}".formatted(at("12:21"))))
                .expectRows(
                        row("strict", at("12:20"), 2),
                        row("patient", at("12:00"), 1).fin(),
                        row("patient", at("12:20"), 1))
                .expectLetters()
                .expectOutcomes(REPLAYED);
    }

    @Test
    void patchDoesNotStickWhereTheEventFailsAtTheSameStage() {
        verify(STRICT)
                .feed(
                        BROKEN,
                        replay("r", letter("e", "good"))
                                .patching("{\"data\": {\"status\": \"x\"}}"))
                .expectLetters(failed("e", "good", "type").attempts(2))
                .expectLetter(kept -> assertThat(text(kept)).doesNotContain("status"))
                .expectOutcomes(FAILED)
                .expectLedger(ledger().dead(1));
    }

    @Test
    void patchSticksWhereTheEventGotToALaterStage() {
        String summing = STRICT.replace("values: {n: count}}\n", "values: {n: {sum: data.n}}}\n");
        verify(summing)
                .feed(
                        event("e", at("12:01")).with("path", "/A").with("n", 1L),
                        replay("r", letter("e", "good"))
                                .patching("{\"data\": {\"status\": 200, \"n\": \"seven\"}}"))
                .expectLetters(failed("e", "views", "type").attempts(2))
                .expectLetter(moved ->
                        assertThat(text(moved))
                                .contains("\"path\":\"/a\"", "\"status\":200", "\"n\":\"seven\""))
                .expectOutcomes(FAILED)
                .expectLedger(ledger().dead(1));
    }

    @Test
    void patchThatMakesTheEventInvalidLeavesTheLetterWithOneAttemptMore() {
        verify(STRICT)
                .feed(
                        BROKEN,
                        replay("r", letter("e", "good")).patching("{\"timestamp\": \"soon\"}"),
                        replay("s", letter("e", "good")).patching("{\"source\": null}"),
                        change(LENIENT),
                        replay("t", letter("e", "good")))
                .expectRows(row("all", at("12:00"), 1), row("views", at("12:00"), 1).group("/a"))
                .expectLetters()
                .expectOutcomes(FAILED, FAILED, REPLAYED);
        verify(STRICT)
                .feed(
                        BROKEN,
                        replay("r", letter("e", "good")).patching("{\"timestamp\": \"soon\"}"))
                .expectLetters(failed("e", "good", "invalid-patch").attempts(2))
                .expectLetter(kept ->
                        assertThat(kept.message())
                                .contains("no valid event", "/timestamp", "soon"));
    }

    @Test
    void patchMustFulfilTheSchemaAsLongAsTheEventDoes() {
        String strict =
                STRICT.replace(
                        "stages:",
                        """
                        schema:
                          properties: {data: {properties: {path: {pattern: "^/"}, status: {maximum: 599}}}}
                        stages:\
                        """);
        verify(strict)
                .feed(
                        BROKEN,
                        replay("r", letter("e", "good")).patching("{\"data\": {\"status\": 600}}"))
                .expectLetters(failed("e", "good", "invalid-patch").attempts(2));
        verify(strict.replace("lowerAscii()", "substring(1)"))
                .feed(
                        BROKEN,
                        replay("r", letter("e", "good")).patching("{\"data\": {\"status\": 200}}"))
                .expectRows(row("all", at("12:00"), 1), row("views", at("12:00"), 1).group("A"))
                .expectLetters();
    }

    @Test
    void patchWithManyMissesIsParkedToo() {
        verify(STRICT)
                .feed(BROKEN)
                .feed(
                        Collections.nCopies(
                                9, replay("r", letter("e", "good")).patching("{\"id\": 7}")))
                .expectLetters(failed("e", "good", "invalid-patch").attempts(10))
                .expectLetter(parked -> assertThat(parked.parked()).isTrue());
    }

    private static final String TWO_AGGREGATES =
            """
            pipeline: web
            outOfOrder: 0s
            stages:
              - name: strict
                aggregate: {window: {tumbling: 5m}, values: {n: count}, lateness: 0s, keep: 1h}
              - name: patient
                aggregate: {window: {tumbling: 5m}, values: {n: count}, lateness: 30m}
            """;

    @Test
    void replayOfALateLetterCorrectsTheFinalRowOfItsAggregateAlone() {
        verify(TWO_AGGREGATES)
                .feed(
                        event("a", at("12:01")),
                        tick(at("12:20")),
                        event("late", at("12:02")),
                        replay("r", letter("late", "strict")))
                .expectInOrder(
                        row("strict", at("12:00"), 1),
                        row("patient", at("12:00"), 1),
                        row("strict", at("12:00"), 1).fin(),
                        row("patient", at("12:00"), 1).fin(),
                        row("patient", at("12:00"), 2).fin(),
                        row("strict", at("12:00"), 2).fin())
                .expectLetters()
                .expectOutcomes(REPLAYED)
                .expectLedger(ledger().completed(2).late("strict", 1));
    }

    @Test
    void lateLetterOfARowThatIsNoLongerKeptFailsAndStays() {
        verify(TWO_AGGREGATES)
                .feed(
                        event("a", at("12:01")),
                        tick(at("12:20")),
                        event("late", at("12:02")),
                        tick(at("13:05")),
                        replay("r", letter("late", "strict")))
                .expectRows(row("patient", at("12:00"), 2).fin())
                .expectLetter(letter -> {
                    assertThat(letter.code()).isEqualTo("no-longer-kept");
                    assertThat(letter.attempts()).isEqualTo(2);
                })
                .expectOutcomes(FAILED)
                .expectLedger(ledger().completed(2).late("strict", 1));
    }

    @Test
    void discardedLateLetterStandsOutsideTheLedger() {
        verify(TWO_AGGREGATES)
                .feed(
                        event("a", at("12:20")),
                        event("late", at("12:02")),
                        discard("d", letter("late", "strict")))
                .expectLetters()
                .expectLedger(ledger().completed(2).late("strict", 1));
    }

    @Test
    void lateLetterOfAnEventThatFailsTooHasItsOwnReplay() {
        String failing = TWO_AGGREGATES + "  - {name: good, filter: data.ok}\n";
        verify(failing)
                .feed(
                        event("a", at("12:20")).with("ok", true),
                        event("late", at("12:02")),
                        replay("r", letter("late", "strict")))
                .expectRows(
                        row("strict", at("12:00"), 1).fin(),
                        row("strict", at("12:20"), 1),
                        row("patient", at("12:00"), 1).fin(),
                        row("patient", at("12:20"), 1))
                .expectLetters(failed("late", "good", "no-such-field"))
                .expectOutcomes(REPLAYED);
        verify(failing)
                .feed(
                        event("a", at("12:20")).with("ok", true),
                        event("late", at("12:02")),
                        change(failing.replace("data.ok", "true")),
                        replay("r", letter("late", "good")))
                .expectLetters(late("late", "strict"));
    }

    private static String text(DeadLetter letter) {
        return new String(letter.event(), StandardCharsets.UTF_8);
    }
}
