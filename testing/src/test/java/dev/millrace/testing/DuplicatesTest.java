package dev.millrace.testing;

import static dev.millrace.testing.LedgerState.ledger;
import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.change;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Times.RECEIVED;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import org.junit.jupiter.api.Test;

/** What counts once though it was sent twice. */
class DuplicatesTest {
    private static final String VIEWS =
            """
            pipeline: web
            outOfOrder: 0s
            dedupe: 10s
            stages:
              - name: views
                aggregate: {window: {tumbling: 5m}, values: {views: count}}
            """;

    @Test
    void sameIdOfTheSameSourceCountsOnce() {
        verify(VIEWS)
                .partitions(1, 3)
                .feed(
                        event("a", at("12:01")),
                        event("a", at("12:01")),
                        event("a", at("12:02")).from("another site"),
                        event("b", at("12:03")),
                        event("a", at("12:04")))
                .expectRows(row("views", at("12:00"), 3))
                .expectLedger(ledger().completed(3).duplicate(2));
    }

    @Test
    void idIsRememberedUntilTheHorizonAndNotAtIt() {
        verify(VIEWS)
                .feed(
                        event("a", at("12:01")).receivedAt(RECEIVED),
                        event("a", at("12:01")).receivedAt(RECEIVED + 9_999))
                .expectLedger(ledger().completed(1).duplicate(1));
        verify(VIEWS)
                .feed(
                        event("a", at("12:01")).receivedAt(RECEIVED),
                        event("a", at("12:01")).receivedAt(RECEIVED + 10_000))
                .expectLedger(ledger().completed(2));
    }

    @Test
    void duplicateDoesNotProlongWhatIsRemembered() {
        verify(VIEWS.replace("dedupe: 10s", "dedupe: 10s\ndedupeLimit: 100"))
                .feed(
                        event("a", at("12:01")).receivedAt(RECEIVED),
                        event("a", at("12:01")).receivedAt(RECEIVED + 9_000),
                        event("a", at("12:01")).receivedAt(RECEIVED + 30_000))
                .expectLedger(ledger().completed(2).duplicate(1));
    }

    @Test
    void duplicatesAreCountedWhereDedupeIsOff() {
        verify(VIEWS.replace("dedupe: 10s", "dedupe: 0s"))
                .feed(event("a", at("12:01")), event("a", at("12:01")))
                .expectRows(row("views", at("12:00"), 2))
                .expectLedger(ledger().completed(2));
    }

    @Test
    void oldestIdIsForgottenAtTheLimit() {
        verify(VIEWS.replace("dedupe: 10s", "dedupe: 10s\ndedupeLimit: 2"))
                .feed(
                        event("a", at("12:01")),
                        event("b", at("12:01")),
                        event("a", at("12:01")),
                        event("c", at("12:01")),
                        event("b", at("12:01")),
                        event("a", at("12:01")))
                .expectRows(row("views", at("12:00"), 4))
                .expectLedger(ledger().completed(4).duplicate(2));
    }

    @Test
    void idsAreRememberedAcrossAChangeOfThePipeline() {
        verify(VIEWS)
                .feed(
                        event("a", at("12:01")),
                        change(VIEWS.replace("dedupe: 10s", "dedupe: 1h")),
                        event("a", at("12:01")))
                .expectLedger(ledger().completed(1).duplicate(1));
    }

    @Test
    void idsAreForgottenWhenDedupeIsTurnedOff() {
        verify(VIEWS)
                .feed(
                        event("a", at("12:01")),
                        change(VIEWS.replace("dedupe: 10s", "dedupe: 0s")),
                        event("a", at("12:01")))
                .expectLedger(ledger().completed(2));
    }
}
