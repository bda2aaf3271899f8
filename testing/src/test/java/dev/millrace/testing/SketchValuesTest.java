package dev.millrace.testing;

import static dev.millrace.testing.LedgerState.ledger;
import static dev.millrace.testing.LetterState.failed;
import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Step.tick;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What distinct, quantile and top make of what events have, however they come. */
class SketchValuesTest {
    private static final String SKETCHES =
            """
            pipeline: sketches
            outOfOrder: 0s
            stages:
              - name: s
                aggregate:
                  window: {tumbling: 5m}
                  by: [source]
                  values:
                    count: count
                    distinct: {distinct: data.v}
                    median: {quantile: data.n, q: 0.5}
                    top: {top: data.v, k: 3}
            """;

    private static RowState result(@Nullable Object... values) {
        return row("s", at("12:00"), values).group("site");
    }

    @Test
    void valuesOfAllPartitionsAndCommitsAreCountedOnce() {
        verify(SKETCHES)
                .partitions(1, 3)
                .feed(
                        event("a", at("12:01")).with("v", "x").with("n", 3),
                        event("b", at("12:01")).with("v", "y").with("n", 1.5),
                        event("c", at("12:02")).with("v", "x").with("n", 9),
                        event("d", at("12:02")).with("v", 5).with("n", -4),
                        event("e", at("12:03")).with("v", 5.0).with("n", 2),
                        event("f", at("12:03")).with("v", "x\u0000\"é").with("n", 2))
                .expectRows(
                        result(
                                6,
                                4,
                                2.0,
                                List.of(List.of(5L, 2L), List.of("x", 2L), List.of("x\0\"é", 1L))));
    }

    @Test
    void missingAndNullAreLeftOut() {
        verify(SKETCHES)
                .feed(
                        event("a", at("12:01")),
                        event("b", at("12:01")).with("v", null).with("n", null))
                .expectRows(result(2, 0, null, List.of()));
    }

    @Test
    void wrongTypeIsALetterAndNothingOfTheEventIsCounted() {
        verify(SKETCHES)
                .feed(
                        event("good", at("12:01")).with("v", "x").with("n", 1),
                        event("list", at("12:01")).with("v", List.of("y")).with("n", 2),
                        event("object", at("12:01")).with("v", Map.of("y", 1)).with("n", 2),
                        event("string", at("12:01")).with("v", "y").with("n", "2"))
                .expectRows(result(1, 1, 1.0, List.of(List.of("x", 1L))))
                .expectLetters(
                        failed("list", "s", "type"),
                        failed("object", "s", "type"),
                        failed("string", "s", "type"))
                .expectLedger(ledger().completed(1).dead(3));
    }

    @Test
    void eventWithinLatenessCorrectsTheFinalRow() {
        verify(SKETCHES)
                .feed(
                        event("a", at("12:01")).with("v", "x").with("n", 1),
                        tick(at("12:05")),
                        event("b", at("12:02")).with("v", "y").with("n", 1))
                .expectRows(result(2, 2, 1.0, List.of(List.of("x", 1L), List.of("y", 1L))).fin());
    }

    @Test
    void hundredsOfValuesGiveTheSameRowInEveryMode() {
        List<String> visitors = new ArrayList<>();
        for (int visitor = 0; visitor < 200; visitor++) {
            visitors.addAll(Collections.nCopies(visitor == 7 ? 5 : 1 + visitor % 2, "v" + visitor));
        }
        Collections.shuffle(visitors, new Random(1));
        List<Step> events = new ArrayList<>();
        for (String visitor : visitors) {
            events.add(event("e" + events.size(), at("12:01")).with("v", visitor));
        }
        verify(SKETCHES)
                .partitions(1, 3)
                .feed(events)
                .expectRows(
                        result(
                                303,
                                200,
                                null,
                                List.of(
                                        List.of("v7", 5L),
                                        List.of("v1", 2L),
                                        List.of("v101", 2L))));
    }

    @Test
    void estimateIsTheSameInEveryMode() {
        int visitors = 600;
        List<Step> events = new ArrayList<>();
        for (int visitor = 0; visitor < visitors; visitor++) {
            events.add(event("e" + visitor, at("12:01")).with("v", "visitor " + visitor));
        }
        verify(
                        """
                        pipeline: visitors
                        outOfOrder: 0s
                        stages:
                          - name: s
                            aggregate:
                              window: {tumbling: 5m}
                              values: {visitors: {distinct: data.v}}
                        """)
                .partitions(1, 3)
                .feed(events)
                .expectRows(row("s", at("12:00"), 606));
    }
}
