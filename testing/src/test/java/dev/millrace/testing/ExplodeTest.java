package dev.millrace.testing;

import static dev.millrace.core.task.LetterOutcome.Result.FAILED;
import static dev.millrace.core.task.LetterOutcome.Result.REPLAYED;
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

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.letter.DeadLetter;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One event that becomes several, and what becomes of each. */
class ExplodeTest {
    private static final String ORDERS =
            """
            pipeline: orders
            outOfOrder: 0s
            stages:
              - {name: lines, explode: data.items}
              - name: items
                aggregate: {window: {tumbling: 5m}, by: [data.item, data.item_index], values: {n: count}}
            """;

    private static final String CHEAP =
            """
            pipeline: orders
            outOfOrder: 0s
            stages:
              - {name: lines, explode: data.items}
              - {name: cheap, filter: "data.item.price < 10"}
              - name: items
                aggregate: {window: {tumbling: 5m}, by: [data.item.sku], values: {n: count}}
            """;

    @Test
    void everyElementBecomesAnEventWithItsIndex() {
        verify(ORDERS)
                .partitions(1, 3)
                .feed(
                        event("e", at("12:01")).with("items", List.of("a", "b", "a")),
                        event("f", at("12:02")).with("items", List.of("a")))
                .expectRows(
                        row("items", at("12:00"), 2).group("a", 0),
                        row("items", at("12:00"), 1).group("b", 1),
                        row("items", at("12:00"), 1).group("a", 2))
                .expectLedger(ledger().completed(4).exploded(2));
    }

    @Test
    void elementsMayBeNullAndOfAnyType() {
        verify(ORDERS.replace("by: [data.item, data.item_index]", "by: [data.item_index]"))
                .feed(
                        event("e", at("12:01"))
                                .with("items", Arrays.asList(null, 1, true, List.of(), Map.of())))
                .expectRows(
                        row("items", at("12:00"), 1).group(0),
                        row("items", at("12:00"), 1).group(1),
                        row("items", at("12:00"), 1).group(2),
                        row("items", at("12:00"), 1).group(3),
                        row("items", at("12:00"), 1).group(4))
                .expectLedger(ledger().completed(5).exploded(4));
    }

    @Test
    void listThatIsEmptyNullOrMissingEndsTheEvent() {
        verify(ORDERS)
                .feed(
                        event("empty", at("12:01")).with("items", List.of()),
                        event("null", at("12:01")).with("items", null),
                        event("missing", at("12:01")))
                .expectRows()
                .expectLedger(ledger().filtered(3));
    }

    @Test
    void whatIsNoListBecomesALetterAtTheStage() {
        verify(ORDERS)
                .feed(event("e", at("12:01")).with("items", "a,b"))
                .expectLetters(failed("e", "lines", "type"))
                .expectLetter(letter ->
                        assertThat(letter.message())
                                .isEqualTo("data.items must be a list to be exploded, is a string"))
                .expectLedger(ledger().dead(1));
    }

    @Test
    void partsGoOnWithoutTheList() {
        verify(ORDERS + "  - {name: list, filter: \"!has(data.items)\"}\n")
                .feed(event("e", at("12:01")).with("items", List.of(1, 2)))
                .expectLedger(ledger().completed(2).exploded(1));
    }

    @Test
    void partThatFailsHasALetterOfItsOwnAndTheOthersGoOn() {
        verify(CHEAP)
                .feed(
                        event("e", at("12:01"))
                                .with("shop", "s")
                                .with(
                                        "items",
                                        List.of(item("a", 1), item("b", "2"), item("c", 50))))
                .expectRows(row("items", at("12:00"), 1).group("a"))
                .expectLetters(failed("e", "cheap", "type"))
                .expectLetter(letter ->
                        assertThat(text(letter))
                                .contains(
                                        "\"shop\":\"s\"",
                                        "\"item\":{\"sku\":\"b\",\"price\":\"2\"}",
                                        "\"item_index\":1")
                                .doesNotContain("items"))
                .expectLedger(ledger().completed(1).filtered(1).dead(1).exploded(2));
    }

    @Test
    void replayOfAPartGoesOnWithThatPartAlone() {
        verify(CHEAP)
                .feed(
                        event("e", at("12:01"))
                                .with("items", List.of(item("a", 1), item("b", "2"))),
                        replay("r", letter("e", "cheap")),
                        change(CHEAP.replace("data.item.price < 10", "true")),
                        replay("s", letter("e", "cheap")))
                .expectRows(
                        row("items", at("12:00"), 1).group("a"),
                        row("items", at("12:00"), 1).group("b"))
                .expectLetters()
                .expectOutcomes(FAILED, REPLAYED)
                .expectLedger(ledger().completed(2).exploded(1));
    }

    @Test
    void replayOfAWholeEventSettlesItsLetterAndGivesFailingPartsTheirOwn() {
        verify(CHEAP.replace("explode: data.items", "explode: data.list"))
                .feed(
                        event("e", at("12:01")).with("list", "none").with("items", List.of()),
                        change(
                                CHEAP.replace(
                                        "explode: data.items}",
                                        "transform: {data.items: \"[{'sku': 'a', 'price': 1},"
                                                + " {'sku': 'b', 'price': 2}, {'sku': 'c'}]\"}}\n"
                                                + "  - {name: after, explode: data.items}")),
                        replay("r", letter("e", "lines")))
                .expectRows(
                        row("items", at("12:00"), 1).group("a"),
                        row("items", at("12:00"), 1).group("b"))
                .expectLetters(failed("e", "cheap", "no-such-field"))
                .expectOutcomes(REPLAYED)
                .expectLedger(ledger().completed(2).dead(1).exploded(2));
    }

    @Test
    void replayThatExplodesIntoNothingIsFiltered() {
        String early = "  - {name: early, filter: \"data.ok\"}\n";
        String pipeline = ORDERS.replace("stages:\n", "stages:\n" + early);
        verify(pipeline)
                .feed(
                        event("e", at("12:01")),
                        change(pipeline.replace("data.ok", "true")),
                        replay("r", letter("e", "early")))
                .expectLetters()
                .expectOutcomes(REPLAYED)
                .expectLedger(ledger().filtered(1));
    }

    @Test
    void everyLatePartHasALetterAndIsReplayedByItself() {
        verify(ORDERS)
                .feed(
                        event("e", at("12:01")).with("items", List.of("a")),
                        tick(at("12:20")),
                        event("late", at("12:02")).with("items", List.of("a", "b")))
                .expectRows(row("items", at("12:00"), 1).group("a", 0).fin())
                .expectLetters(late("late", "items"), late("late", "items"))
                .expectLedger(ledger().completed(3).exploded(1).late("items", 2));
        verify(ORDERS)
                .feed(
                        tick(at("12:20")),
                        event("late", at("12:02")).with("items", List.of("a")),
                        replay("r", letter("late", "items")))
                .expectRows(row("items", at("12:00"), 1).group("a", 0).fin())
                .expectLetters();
    }

    @Test
    void explosionsMayFollowOneAnother() {
        verify(
                        """
                        pipeline: orders
                        stages:
                          - {name: lines, explode: data.items}
                          - {name: tidy, transform: {data.sku: data.item.sku, data.tags: data.item.tags}}
                          - {name: tags, explode: data.tags}
                          - {name: known, filter: "data.item != 'x'"}
                          - name: tagged
                            aggregate: {window: {tumbling: 5m}, by: [data.sku, data.item], values: {n: count}}
                        """)
                .feed(
                        event("e", at("12:01"))
                                .with(
                                        "items",
                                        List.of(
                                                tagged("a", "red", "blue"),
                                                tagged("b"),
                                                tagged("c", "red", "x"))))
                .expectRows(
                        row("tagged", at("12:00"), 1).group("a", "red"),
                        row("tagged", at("12:00"), 1).group("a", "blue"),
                        row("tagged", at("12:00"), 1).group("c", "red"))
                .expectLedger(ledger().completed(3).filtered(2).exploded(4));
    }

    @Test
    void eventBecomesNoMoreThanTheLimit() {
        verify(ORDERS.replace("by: [data.item, data.item_index]", "by: []"))
                .feed(
                        event("fits", at("12:01")).with("items", Collections.nCopies(10_000, 1)),
                        event("many", at("12:01")).with("items", Collections.nCopies(10_001, 1)))
                .expectRows(row("items", at("12:00"), 10_000))
                .expectLetters(failed("many", "lines", "too-many"))
                .expectLedger(ledger().completed(10_000).exploded(9_999).dead(1));
    }

    @Test
    void explosionsSideBySideShareTheLimit() {
        verify(
                        """
                        pipeline: product
                        stages:
                          - {name: rows, explode: data.rows}
                          - {name: columns, explode: data.columns}
                        """)
                .feed(
                        event("e", at("12:01"))
                                .with("rows", List.of(1, 2, 3))
                                .with("columns", Collections.nCopies(4_000, 1)))
                .expectLetters(failed("e", "columns", "too-many"))
                .expectLedger(ledger().completed(8_000).dead(1).exploded(8_000));
    }

    private static Map<String, Object> item(String sku, Object price) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("sku", sku);
        item.put("price", price);
        return item;
    }

    private static Map<String, Object> tagged(String sku, String... tags) {
        return Map.of("sku", sku, "tags", List.of(tags));
    }

    private static String text(DeadLetter letter) {
        return new String(letter.event(), StandardCharsets.UTF_8);
    }
}
