package dev.millrace.testing;

import static dev.millrace.testing.LedgerState.ledger;
import static dev.millrace.testing.LetterState.late;
import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.advance;
import static dev.millrace.testing.Step.change;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Step.tick;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import org.junit.jupiter.api.Test;

/** What a new version of a pipeline does to the numbers, wherever commits and crashes fall. */
class VersionChangeTest {
    private static final String VIEWS =
            """
            pipeline: web
            key: data.path
            outOfOrder: 0s
            stages:
              - name: views
                aggregate: {window: {tumbling: 5m}, by: [data.path], values: {n: count}, lateness: 1m}
            """;

    private static Step.Sent view(String id, String time, String path) {
        return event(id, at(time)).with("path", path);
    }

    @Test
    void aggregateThatIsLeftAloneGoesOnWithItsRows() {
        verify(VIEWS)
                .partitions(1, 3)
                .feed(
                        view("a", "12:01", "/a"),
                        view("b", "12:01", "/b"),
                        change(VIEWS + "  - {name: good, filter: data.status < 400}\n"),
                        view("c", "12:02", "/a").with("status", 200),
                        view("d", "12:02", "/b").with("status", 404),
                        advance(at("12:05")))
                .expectRows(
                        row("views", at("12:00"), 2).group("/a").fin(),
                        row("views", at("12:00"), 2).group("/b").fin())
                .expectLedger(ledger().completed(3).filtered(1));
    }

    @Test
    void aggregateThatCountsOtherwiseStartsEmpty() {
        verify(VIEWS)
                .partitions(1, 3)
                .feed(
                        view("a", "12:01", "/a"),
                        view("b", "12:01", "/b"),
                        view("c", "12:07", "/c"),
                        change(VIEWS.replace("n: count", "most: {max: data.ms}")),
                        view("d", "12:08", "/a").with("ms", 7),
                        view("e", "12:08", "/c").with("ms", 8),
                        advance(at("12:10")))
                .expectRows(
                        row("views", at("12:05"), 7).group("/a").fin(),
                        row("views", at("12:05"), 8).group("/c").fin())
                .expectLedger(ledger().completed(5));
    }

    @Test
    void rowsOfAnAggregateThatIsDroppedGo() {
        String two =
                VIEWS
                        + "  - {name: all, aggregate: {window: {tumbling: 1h}, values: {n: count}}}\n";
        verify(two)
                .partitions(1, 3)
                .feed(
                        view("a", "12:01", "/a"),
                        view("b", "12:01", "/b"),
                        change(VIEWS),
                        view("c", "12:02", "/a"),
                        advance(at("12:05")))
                .expectRows(
                        row("views", at("12:00"), 2).group("/a").fin(),
                        row("views", at("12:00"), 1).group("/b").fin())
                .expectLedger(ledger().completed(3));
    }

    @Test
    void aggregateThatComesLaterStartsEmptyAndCloses() {
        verify(VIEWS)
                .partitions(1, 2, 3)
                .feed(
                        view("a", "12:01", "/a"),
                        change(
                                VIEWS
                                        + "  - {name: all, aggregate: {window: {tumbling: 5m}, by:"
                                        + " [data.path], values: {n: count}}}\n"),
                        view("b", "12:02", "/a"),
                        view("c", "12:02", "/b"),
                        view("d", "12:02", "/c"),
                        view("e", "12:11", "/a"),
                        view("f", "12:11", "/b"),
                        view("g", "12:11", "/c"),
                        advance(at("12:15")))
                .expectRows(
                        row("views", at("12:00"), 2).group("/a").fin(),
                        row("views", at("12:00"), 1).group("/b").fin(),
                        row("views", at("12:00"), 1).group("/c").fin(),
                        row("views", at("12:10"), 1).group("/a").fin(),
                        row("views", at("12:10"), 1).group("/b").fin(),
                        row("views", at("12:10"), 1).group("/c").fin(),
                        row("all", at("12:00"), 1).group("/a").fin(),
                        row("all", at("12:00"), 1).group("/b").fin(),
                        row("all", at("12:00"), 1).group("/c").fin(),
                        row("all", at("12:10"), 1).group("/a").fin(),
                        row("all", at("12:10"), 1).group("/b").fin(),
                        row("all", at("12:10"), 1).group("/c").fin());
    }

    @Test
    void longerLatenessReachesWindowsThatWereLetGo() {
        verify(VIEWS)
                .feed(
                        view("a", "12:01", "/a"),
                        view("b", "12:01", "/b"),
                        tick(at("12:07")),
                        view("too late", "12:02", "/a"),
                        change(VIEWS.replace("lateness: 1m", "lateness: 30m")),
                        view("c", "12:02", "/a"),
                        view("d", "12:03", "/a"))
                .expectRows(
                        row("views", at("12:00"), 3).group("/a").fin(),
                        row("views", at("12:00"), 1).group("/b").fin())
                .expectLetters(late("too late", "views"));
    }

    @Test
    void shorterLatenessHoldsFromTheChangeOn() {
        verify(VIEWS.replace("lateness: 1m", "lateness: 30m"))
                .feed(
                        view("a", "12:01", "/a"),
                        tick(at("12:07")),
                        view("b", "12:02", "/a"),
                        change(VIEWS),
                        view("c", "12:02", "/a"))
                .expectRows(row("views", at("12:00"), 2).group("/a").fin())
                .expectLetters(late("c", "views"));
    }

    @Test
    void moreGroupsAreAllowedFromTheChangeOn() {
        verify(VIEWS.replace("lateness: 1m", "maxGroups: 1"))
                .feed(
                        view("a", "12:01", "/a"),
                        view("b", "12:01", "/b"),
                        change(VIEWS.replace("lateness: 1m", "maxGroups: 3")),
                        view("settle", "12:02", "/a"),
                        view("c", "12:03", "/c"))
                .expectInOrder(
                        row("views", at("12:00"), 1).group("/a"),
                        row("views", at("12:00"), 1).group("__other__"),
                        row("views", at("12:00"), 2).group("/a"),
                        row("views", at("12:00"), 1).group("/c"));
    }

    @Test
    void settingsOfTheNewVersionHoldFromTheChangeOn() {
        verify(VIEWS)
                .feed(
                        view("a", "12:01", "/a"),
                        change(VIEWS.replace("outOfOrder: 0s", "outOfOrder: 10m")),
                        view("b", "12:20", "/a"))
                .expectWatermark(at("12:10"));
    }

    @Test
    void severalVersionsInOneCommit() {
        verify(VIEWS)
                .partitions(1, 3)
                .feed(
                        view("a", "12:01", "/a"),
                        change(VIEWS.replace("n: count", "n: {max: data.ms}")),
                        view("b", "12:02", "/a").with("ms", 5),
                        change(VIEWS.replace("n: count", "n: {min: data.ms}")),
                        view("c", "12:03", "/a").with("ms", 7),
                        view("d", "12:03", "/b").with("ms", 8),
                        advance(at("12:05")))
                .expectRows(
                        row("views", at("12:00"), 7).group("/a").fin(),
                        row("views", at("12:00"), 8).group("/b").fin())
                .expectLedger(ledger().completed(4));
    }
}
