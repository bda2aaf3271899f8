package dev.millrace.testing;

import static dev.millrace.testing.LedgerState.ledger;
import static dev.millrace.testing.LetterState.failed;
import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Step.tick;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/** What makes a group, and what cannot. */
class GroupsTest {
    private static final String BY_FIELD =
            """
            pipeline: groups
            stages:
              - name: views
                aggregate: {window: {tumbling: 5m}, by: [data.g], values: {views: count}}
            """;

    private static Step.Sent grouped(String id, Object group) {
        return event(id, at("12:01")).with("g", group);
    }

    @Test
    void missingFieldGroupsUnderNull() {
        verify(BY_FIELD)
                .feed(event("missing", at("12:01")), grouped("null", null))
                .expectRows(row("views", at("12:00"), 2).group((Object) null));
    }

    @Test
    void valuesOfDifferentTypesAreDifferentGroups() {
        verify(BY_FIELD)
                .partitions(1, 3)
                .feed(
                        grouped("integer", 1),
                        grouped("equal fraction", 1.0),
                        grouped("fraction", 1.5),
                        grouped("string", "1"),
                        grouped("boolean", true),
                        grouped("empty", ""),
                        grouped("word", "true"))
                .expectRows(
                        row("views", at("12:00"), 2).group(1),
                        row("views", at("12:00"), 1).group(1.5),
                        row("views", at("12:00"), 1).group("1"),
                        row("views", at("12:00"), 1).group(true),
                        row("views", at("12:00"), 1).group(""),
                        row("views", at("12:00"), 1).group("true"));
    }

    @Test
    void objectOrArrayAsGroupIsALetter() {
        verify(BY_FIELD)
                .feed(
                        grouped("object", Map.of("a", 1)),
                        grouped("array", List.of()),
                        grouped("good", "x"))
                .expectRows(row("views", at("12:00"), 1).group("x"))
                .expectLetters(failed("object", "views", "type"), failed("array", "views", "type"))
                .expectLedger(ledger().completed(1).dead(2));
    }

    @Test
    void groupsBeyondTheMostGoToTheOthers() {
        verify(BY_FIELD.replace("values:", "maxGroups: 2, values:"))
                .feed(
                        grouped("1", "a"),
                        grouped("2", "b"),
                        grouped("3", "c"),
                        grouped("4", "a"),
                        grouped("5", "d"),
                        grouped("6", "c"),
                        event("7", at("12:06")).with("g", "c"))
                .expectRows(
                        row("views", at("12:00"), 2).group("a").fin(),
                        row("views", at("12:00"), 1).group("b").fin(),
                        row("views", at("12:00"), 3).group("__other__").fin(),
                        row("views", at("12:05"), 1).group("c"));
    }

    @Test
    void correctionOfAWindowThatWasLetGoKeepsToTheMostGroups() {
        verify(BY_FIELD.replace("values:", "maxGroups: 2, late: correct, values:"))
                .feed(
                        grouped("1", "a"),
                        grouped("2", "b"),
                        grouped("3", "c"),
                        tick(at("13:00")),
                        grouped("4", "c"),
                        grouped("5", "d"),
                        grouped("6", "b"),
                        event("7", at("12:06")).with("g", "x"),
                        event("8", at("12:06")).with("g", "y"),
                        event("9", at("12:06")).with("g", "z"),
                        event("10", at("12:06")).with("g", "y"))
                .expectRows(
                        row("views", at("12:00"), 1).group("a").fin(),
                        row("views", at("12:00"), 2).group("b").fin(),
                        row("views", at("12:00"), 3).group("__other__").fin(),
                        row("views", at("12:05"), 1).group("x").fin(),
                        row("views", at("12:05"), 2).group("y").fin(),
                        row("views", at("12:05"), 1).group("__other__").fin());
    }

    @Test
    void groupMayBeTheSource() {
        verify(BY_FIELD.replace("data.g", "source, type"))
                .feed(event("a", at("12:01")).from("one"), event("b", at("12:01")).from("two"))
                .expectRows(
                        row("views", at("12:00"), 1).group("one", "view"),
                        row("views", at("12:00"), 1).group("two", "view"));
    }

    @Test
    void fieldThatATransformWroteMakesTheGroup() {
        verify(
                        """
                        pipeline: groups
                        stages:
                          - {name: cut, transform: {data.g: "data.path.split('/')[1]"}}
                          - name: views
                            aggregate: {window: {tumbling: 5m}, by: [data.g], values: {views: count}}
                        """)
                .feed(
                        event("a", at("12:01")).with("path", "/shop/1"),
                        event("b", at("12:01")).with("path", "/shop/2"))
                .expectRows(row("views", at("12:00"), 2).group("shop"));
    }
}
