package dev.millrace.testing;

import static dev.millrace.testing.LedgerState.ledger;
import static dev.millrace.testing.Step.change;
import static dev.millrace.testing.Step.discard;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Step.letter;
import static dev.millrace.testing.Times.RECEIVED;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Where what becomes of events is counted; that every commit balances is held besides. */
class LedgerTest {
    private static final String STRICT =
            """
            pipeline: web
            outOfOrder: 0s
            stages:
              - {name: good, filter: "data.status < 400"}
              - name: views
                aggregate: {window: {tumbling: 5m}, values: {n: count}}
            """;

    private static final String LENIENT =
            STRICT.replace("data.status < 400", "!has(data.status) || data.status < 400");

    private static final String EXPLODING =
            """
            pipeline: web
            outOfOrder: 0s
            stages:
              - {name: split, explode: data.items}
              - {name: good, filter: "data.item > 0"}
              - name: views
                aggregate: {window: {tumbling: 5m}, values: {n: count}}
            """;

    /** A minute after {@link Times#RECEIVED}. */
    private static final long LATER = RECEIVED + 60_000;

    private static Step.Sent sent(String id, String source, long status) {
        return event(id, at("12:01")).from(source).with("status", status);
    }

    @Test
    void sourcesAndMinutesAreCountedApart() {
        verify(STRICT)
                .partitions(1, 3)
                .feed(
                        sent("a", "shop", 200),
                        sent("b", "blog", 500),
                        sent("c", "shop", 500),
                        sent("a", "shop", 200),
                        sent("d", "shop", 200).receivedAt(LATER),
                        sent("b", "blog", 500).receivedAt(LATER))
                .expectLedger(RECEIVED, "shop", ledger().completed(1).filtered(1).duplicate(1))
                .expectLedger(RECEIVED, "blog", ledger().filtered(1))
                .expectLedger(LATER, "shop", ledger().completed(1))
                .expectLedger(LATER, "blog", ledger().duplicate(1));
    }

    @Test
    void sourceIsTheSameHoweverItIsSpelt() {
        verify(STRICT)
                .feed(sent("a", "größe \"x\"", 200), sent("b", "größe \"x\"", 200))
                .expectLedger(RECEIVED, "größe \"x\"", ledger().completed(2));
    }

    @Test
    void replayedLetterIsCountedWhenItsEventWasReceived() {
        verify(STRICT)
                .partitions(1, 3)
                .feed(
                        event("e", at("12:01")),
                        sent("f", "blog", 200).receivedAt(LATER),
                        change(LENIENT),
                        new Step.Replay("r", LATER, List.of(letter("e", "good")), null))
                .expectLedger(RECEIVED, "site", ledger().completed(1))
                .expectLedger(LATER, "blog", ledger().completed(1));
    }

    @Test
    void discardedLetterIsCountedWhenItsEventWasReceived() {
        verify(STRICT)
                .feed(
                        event("e", at("12:01")),
                        event("f", at("12:01")).receivedAt(LATER),
                        discard("d", letter("e", "good")))
                .expectLedger(RECEIVED, "site", ledger().discarded(1))
                .expectLedger(LATER, "site", ledger().dead(1));
    }

    @Test
    void lateEventIsCountedWhereItCameFrom() {
        verify(STRICT)
                .feed(
                        sent("a", "shop", 200),
                        event("b", at("13:00")).from("blog").with("status", 200L),
                        sent("c", "shop", 200).receivedAt(LATER))
                .expectLedger(RECEIVED, "shop", ledger().completed(1))
                .expectLedger(LATER, "shop", ledger().completed(1).late("views", 1));
    }

    @Test
    void partsAreCountedWithTheirEvent() {
        verify(EXPLODING)
                .feed(event("e", at("12:01")).from("shop").with("items", List.of(1L, 0L, "x")))
                .expectLedger(
                        RECEIVED, "shop", ledger().exploded(2).completed(1).filtered(1).dead(1));
    }

    /** The letter of a part is written in the replay, long after its event was received. */
    @Test
    void partThatFailedInAReplayIsCountedWithItsEventWhenItIsReplayedAgain() {
        String failing = EXPLODING.replace("data.item > 0", "data.item.n > 0");
        verify(EXPLODING.replace("data.items", "data.things"))
                .feed(
                        event("e", at("12:01"))
                                .from("shop")
                                .with("things", 7L)
                                .with("items", List.of(1L)),
                        change(failing),
                        new Step.Replay("r", LATER, List.of(letter("e", "split")), null),
                        change(EXPLODING),
                        new Step.Replay("s", LATER + 60_000, List.of(letter("e", "good")), null))
                .expectLedger(RECEIVED, "shop", ledger().completed(1));
    }
}
