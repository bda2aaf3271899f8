package dev.millrace.testing;

import static dev.millrace.testing.LedgerState.ledger;
import static dev.millrace.testing.LetterState.failed;
import static dev.millrace.testing.LetterState.late;
import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.change;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Step.letter;
import static dev.millrace.testing.Step.replay;
import static dev.millrace.testing.Step.tick;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import org.junit.jupiter.api.Test;

/** Sessions: which events make one, and what becomes of its rows when it grows. */
class SessionsTest {
    private static final String VISITS =
            """
            pipeline: web
            outOfOrder: 10m
            stages:
              - name: visits
                aggregate:
                  window: {session: 10m}
                  by: [data.ip]
                  values: {pages: count, bytes: {sum: data.bytes}}
                  lateness: 1m
                  keep: 1h
            """;

    private static final String CORRECTED = VISITS + "      late: correct\n";

    private static Step.Sent page(String id, String time) {
        return event(id, at(time)).with("ip", "a").with("bytes", 5);
    }

    private static RowState visit(String from, String until, Object... values) {
        return row("visits", at(from), values).group("a").until(at(until));
    }

    @Test
    void eventsThatComeWithinTheGapAreOneSession() {
        verify(VISITS)
                .feed(page("1", "12:00"), page("2", "12:09"), page("3", "12:15"))
                .expectRows(visit("12:00", "12:25", 3, 15));
    }

    @Test
    void spansThatTouchAreOneSession() {
        verify(VISITS)
                .feed(page("1", "12:00"), page("2", "12:10"), tick(at("12:30")))
                .expectRows(visit("12:00", "12:20", 2, 10).fin());
    }

    @Test
    void sessionsOfOneGroupMergeAcrossPartitions() {
        verify(VISITS)
                .partitions(1, 2, 3)
                .feed(
                        page("1", "12:00"),
                        page("2", "12:05"),
                        page("3", "12:21"),
                        page("4", "12:13"),
                        page("5", "12:40"),
                        page("6", "12:31"),
                        tick(at("12:41")))
                .expectRows(visit("12:00", "12:50", 6, 30));
    }

    @Test
    void sessionThatABridgingEventJoinsRetractsTheLaterRow() {
        verify(VISITS)
                .feed(page("1", "12:00"), page("2", "12:15"), page("3", "12:08"))
                .expectInOrder(
                        visit("12:00", "12:10", 1, 5),
                        visit("12:15", "12:25", 1, 5),
                        visit("12:00", "12:25", 3, 15),
                        visit("12:15", "12:25").retracted())
                .expectRows(visit("12:00", "12:25", 3, 15));
    }

    @Test
    void sessionThatBeginsEarlierThanKnownRetractsItsFormerRow() {
        verify(VISITS)
                .feed(page("1", "12:05"), page("2", "12:00"))
                .expectInOrder(
                        visit("12:05", "12:15", 1, 5),
                        visit("12:00", "12:15", 2, 10),
                        visit("12:05", "12:15").retracted());
    }

    @Test
    void sessionIsFinalWhenItsEndHasComeAndMayOpenAgain() {
        verify(VISITS)
                .feed(page("1", "12:00"), tick(at("12:10")), page("2", "12:05"), tick(at("12:15")))
                .expectInOrder(
                        visit("12:00", "12:10", 1, 5),
                        visit("12:00", "12:10", 1, 5).fin(),
                        visit("12:00", "12:15", 2, 10),
                        visit("12:00", "12:15", 2, 10).fin());
    }

    @Test
    void eventIsLateOnceItsOwnSessionWouldBeOver() {
        verify(VISITS)
                .feed(page("1", "12:00"), tick(at("12:11") - 1), page("2", "12:00"))
                .expectRows(visit("12:00", "12:10", 2, 10).fin())
                .expectLetters();
        verify(VISITS)
                .feed(page("1", "12:05"), tick(at("12:11")), page("2", "12:00"))
                .expectRows(visit("12:05", "12:15", 1, 5))
                .expectLetters(late("2", "visits"))
                .expectLedger(ledger().completed(2).late("visits", 1));
    }

    @Test
    void lateEventExtendsTheStoredSessionWhereThePolicySaysSo() {
        verify(CORRECTED)
                .feed(page("1", "12:00"), page("2", "12:15"), tick(at("12:50")), page("3", "12:07"))
                .expectRows(visit("12:00", "12:25", 3, 15).fin())
                .expectLetters();
    }

    @Test
    void replayOfAnOldEventExtendsAStoredSession() {
        String strict = VISITS.replace("stages:", "stages:\n  - {name: good, filter: data.ok}");
        verify(strict)
                .feed(
                        page("1", "12:00").with("ok", true),
                        page("2", "12:09").with("ok", true),
                        page("broken", "12:18"),
                        page("4", "12:28").with("ok", true),
                        tick(at("13:00")),
                        change(strict.replace("data.ok", "\"!has(data.ok) || data.ok\"")),
                        replay("r", letter("broken", "good")))
                .expectRows(visit("12:00", "12:38", 4, 20).fin())
                .expectLetters();
    }

    @Test
    void sessionThatIsNoLongerKeptIsNotExtended() {
        verify(CORRECTED)
                .feed(
                        page("1", "12:00"),
                        tick(at("13:10") - 1),
                        page("kept", "12:00"),
                        tick(at("13:10")),
                        page("gone", "12:00"))
                .expectRows()
                .expectLetters(late("gone", "visits"))
                .expectLedger(ledger().completed(3).late("visits", 2));
    }

    @Test
    void longerKeepDoesNotBringBackARowThatIsGone() {
        String strict = VISITS.replace("stages:", "stages:\n  - {name: good, filter: data.ok}");
        String lenient =
                strict.replace("data.ok", "\"!has(data.ok) || data.ok\"")
                        .replace("keep: 1h", "keep: 1d");
        verify(strict)
                .partitions(1, 2)
                .feed(
                        page("1", "12:00").with("ok", true),
                        page("gone", "12:05"),
                        page("kept", "13:30"),
                        tick(at("14:00")),
                        change(lenient),
                        tick(at("14:10")),
                        replay("r", letter("gone", "good"), letter("kept", "good")))
                .expectLetters(failed("gone", "good", "no-longer-kept").attempts(2));
    }
}
