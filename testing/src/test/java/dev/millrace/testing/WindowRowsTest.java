package dev.millrace.testing;

import static dev.millrace.testing.LedgerState.ledger;
import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.advance;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Step.tick;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import org.junit.jupiter.api.Test;

/** When rows appear, become final, and are corrected. */
class WindowRowsTest {
    private static final String VIEWS =
            """
            pipeline: web
            outOfOrder: 0s
            stages:
              - name: views
                aggregate: {window: {tumbling: 5m}, values: {views: count}, lateness: 1m}
            """;

    private static final String BY_PATH =
            """
            pipeline: web
            key: data.path
            outOfOrder: 0s
            stages:
              - name: views
                aggregate: {window: {tumbling: 5m}, by: [data.path], values: {views: count}}
            """;

    @Test
    void rowIsEarlyThenFinalThenCorrected() {
        verify(VIEWS)
                .feed(
                        event("a", at("12:01")),
                        event("b", at("12:02")),
                        tick(at("12:05")),
                        event("c", at("12:04")))
                .expectInOrder(
                        row("views", at("12:00"), 1),
                        row("views", at("12:00"), 2),
                        row("views", at("12:00"), 2).fin(),
                        row("views", at("12:00"), 3).fin())
                .expectRows(row("views", at("12:00"), 3).fin())
                .expectLedger(ledger().completed(3));
    }

    @Test
    void onlyTheGroupThatChangesIsShownUntilTheWindowCloses() {
        verify(BY_PATH)
                .feed(
                        event("a", at("12:01")).with("path", "/a"),
                        event("b", at("12:02")).with("path", "/b"),
                        event("c", at("12:03")).with("path", "/a"),
                        advance(at("12:05")))
                .expectInOrder(
                        row("views", at("12:00"), 1).group("/a"),
                        row("views", at("12:00"), 1).group("/b"),
                        row("views", at("12:00"), 2).group("/a"),
                        row("views", at("12:00"), 2).group("/a").fin(),
                        row("views", at("12:00"), 1).group("/b").fin());
    }

    @Test
    void eventAtAWindowsStartIsInItAndOneAtItsEndIsInTheNext() {
        verify(VIEWS)
                .feed(
                        event("last before", at("12:00") - 1),
                        event("start", at("12:00")),
                        event("last", at("12:05") - 1),
                        event("end", at("12:05")))
                .expectRows(
                        row("views", at("11:55"), 1).fin(),
                        row("views", at("12:00"), 2).fin(),
                        row("views", at("12:05"), 1));
    }

    @Test
    void windowClosesAsTheWatermarkReachesItsEnd() {
        verify(VIEWS)
                .feed(event("a", at("12:01")), tick(at("12:05") - 1))
                .expectRows(row("views", at("12:00"), 1));
        verify(VIEWS)
                .feed(event("a", at("12:01")), tick(at("12:05")))
                .expectRows(row("views", at("12:00"), 1).fin());
    }

    @Test
    void timestampsBeforeTheEpochHaveTheirWindows() {
        verify(VIEWS)
                .feed(event("a", -1), event("b", -300_000), event("c", 0), advance(300_000))
                .expectRows(row("views", -300_000, 2).fin(), row("views", 0, 1).fin());
        verify(VIEWS)
                .feed(event("a", -300_001), event("b", -300_000))
                .expectRows(row("views", -600_000, 1).fin(), row("views", -300_000, 1));
    }

    @Test
    void severalPartitionsGiveTheRowsOfOne() {
        verify(BY_PATH)
                .partitions(1, 2, 3, 7)
                .feed(
                        event("a", at("12:01")).with("path", "/a"),
                        event("b", at("12:02")).with("path", "/b"),
                        event("c", at("12:03")).with("path", "/c"),
                        event("d", at("12:04")).with("path", "/a"),
                        event("e", at("12:03")).with("path", "/d"),
                        event("f", at("12:07")).with("path", "/e"),
                        event("g", at("12:06")).with("path", "/a"),
                        advance(at("12:10")))
                .expectRows(
                        row("views", at("12:00"), 2).group("/a").fin(),
                        row("views", at("12:00"), 1).group("/b").fin(),
                        row("views", at("12:00"), 1).group("/c").fin(),
                        row("views", at("12:00"), 1).group("/d").fin(),
                        row("views", at("12:05"), 1).group("/e").fin(),
                        row("views", at("12:05"), 1).group("/a").fin())
                .expectLedger(ledger().completed(7));
    }

    @Test
    void oneGroupThatIsSpreadOverPartitionsHasOneRow() {
        verify(VIEWS)
                .partitions(3)
                .feed(
                        event("a", at("12:01")),
                        event("b", at("12:02")),
                        event("c", at("12:03")),
                        event("d", at("12:04")),
                        event("e", at("12:04")),
                        event("f", at("12:04")),
                        advance(at("12:05")))
                .expectRows(row("views", at("12:00"), 6).fin());
    }

    @Test
    void rowsOlderThanKeepBehindTheWatermarkGo() {
        String keepsTenMinutes = VIEWS.replace("lateness: 1m", "lateness: 1m, keep: 10m");
        verify(keepsTenMinutes)
                .feed(event("a", at("12:01")), event("b", at("12:06")), tick(at("12:15") - 1))
                .expectRows(row("views", at("12:00"), 1).fin(), row("views", at("12:05"), 1).fin());
        verify(keepsTenMinutes)
                .feed(event("a", at("12:01")), event("b", at("12:06")), tick(at("12:15")))
                .expectRows(row("views", at("12:05"), 1).fin());
    }

    @Test
    void eventThatWhereExcludesIsNotCountedButGoesOn() {
        verify(
                        """
                        pipeline: web
                        stages:
                          - name: good
                            aggregate:
                              window: {tumbling: 5m}
                              where: data.status < 400
                              values: {views: count}
                          - name: all
                            aggregate: {window: {tumbling: 5m}, values: {views: count}}
                        """)
                .feed(
                        event("a", at("12:01")).with("status", 200),
                        event("b", at("12:01")).with("status", 404))
                .expectRows(row("good", at("12:00"), 1), row("all", at("12:00"), 2))
                .expectLedger(ledger().completed(2));
    }
}
