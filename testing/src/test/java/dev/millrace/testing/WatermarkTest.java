package dev.millrace.testing;

import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.advance;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Step.tick;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import org.junit.jupiter.api.Test;

/** What moves the watermark, and what does not. */
class WatermarkTest {
    private static final String VIEWS =
            """
            pipeline: web
            key: data.path
            outOfOrder: 5s
            stages:
              - name: views
                aggregate: {window: {tumbling: 1m}, values: {views: count}}
            """;

    private static Step.Sent onePath(String id, long timestampMs) {
        return event(id, timestampMs).with("path", "/a");
    }

    @Test
    void staysOutOfOrderBehindTheNewestEvent() {
        verify(VIEWS)
                .feed(event("a", at("12:00:30")), event("b", at("12:00:10")))
                .expectWatermark(at("12:00:25"));
    }

    @Test
    void neverFalls() {
        verify(VIEWS)
                .feed(event("a", at("12:01")), event("b", at("12:00:30")), tick(at("11:00")))
                .feed(advance(at("11:30")))
                .expectWatermark(at("12:00:55"));
    }

    @Test
    void isNotMovedBeyondReceiptByAFastClock() {
        verify(VIEWS)
                .feed(
                        event("fast", at("12:04")).receivedAt(at("12:00:30")),
                        event("honest", at("12:00:20")).receivedAt(at("12:00:31")))
                .expectWatermark(at("12:00:25"))
                .expectRows(row("views", at("12:04"), 1), row("views", at("12:00"), 1));
    }

    @Test
    void isMovedByEventsThatAreFilteredOrFail() {
        String strict =
                VIEWS.replace("stages:", "stages:\n  - {name: good, filter: data.status < 400}");
        verify(strict)
                .feed(event("filtered", at("12:00:30")).with("status", 404))
                .expectWatermark(at("12:00:25"));
        verify(strict).feed(event("fails", at("12:00:30"))).expectWatermark(at("12:00:25"));
    }

    @Test
    void isNotMovedByDuplicates() {
        verify(VIEWS)
                .feed(event("a", at("12:00:30")), event("a", at("12:30")))
                .expectWatermark(at("12:00:25"));
    }

    @Test
    void isThatOfTheSlowestPartition() {
        verify(VIEWS)
                .partitions(2)
                .feed(
                        event("a", at("12:00:30")).with("path", "/a"),
                        event("b", at("12:09")).with("path", "/c"))
                .expectWatermark(at("12:00:25"))
                .expectRows(row("views", at("12:00"), 1), row("views", at("12:09"), 1));
    }

    @Test
    void partitionWithoutEventsHoldsWindowsOpenUntilATick() {
        verify(VIEWS)
                .partitions(2)
                .feed(onePath("a", at("12:00:30")), onePath("b", at("12:09")))
                .expectWatermark(Long.MIN_VALUE)
                .expectRows(row("views", at("12:00"), 1), row("views", at("12:09"), 1));
        verify(VIEWS)
                .partitions(2)
                .feed(onePath("a", at("12:00:30")), onePath("b", at("12:09")), tick(at("12:05")))
                .expectRows(row("views", at("12:00"), 1).fin(), row("views", at("12:09"), 1));
    }

    @Test
    void advanceClosesTheWindowsOfEveryPartition() {
        verify(VIEWS)
                .partitions(1, 3)
                .feed(
                        event("a", at("12:00:30")).with("path", "/a"),
                        event("b", at("12:00:40")).with("path", "/b"),
                        advance(at("12:01")))
                .expectRows(row("views", at("12:00"), 2).fin())
                .expectWatermark(at("12:01"));
    }
}
