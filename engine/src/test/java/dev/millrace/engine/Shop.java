package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntFunction;

/** A pipeline whose orders need a price, and what tests of its dead letters ask. */
final class Shop {
    static final String DEFINITION =
            """
            pipeline: shop
            key: data.customer
            partitions: 2
            stages:
              - {name: priced, filter: "data.price >= 0"}
              - {name: sold, filter: "data.sold != false"}
              - name: sales
                aggregate: {window: {tumbling: 1d}, values: {orders: count, price: {sum: data.price}}}
            """;

    static final Duration PATIENCE = Duration.ofSeconds(20);

    private Shop() {}

    static Pipeline in(Engine engine) {
        assertThat(engine.put("shop", DEFINITION, false)).isInstanceOf(PutOutcome.Created.class);
        return engine.pipeline("shop").orElseThrow();
    }

    static String order(String id, String data) {
        return "{\"id\":\"%s\",\"type\":\"order\",\"source\":\"s\",\"timestamp\":1700000000000,\"data\":%s}"
                .formatted(id, data);
    }

    /** One that fails at the first stage. */
    static String unpriced(int number) {
        return order("unpriced-" + number, "{\"sold\":true,\"customer\":%d}".formatted(number));
    }

    /** One that fails at the first stage, and with a price at the second. */
    static String unsold(int number) {
        return order("unsold-" + number, "{\"customer\":%d}".formatted(number));
    }

    /** One that admission refuses for want of a type. */
    static String untyped(int number) {
        return order("untyped-" + number, "{\"price\":1,\"sold\":true}")
                .replace("\"type\":\"order\",", "");
    }

    /** One that admission refuses for want of a source. */
    static String sourceless(int number) {
        return order("sourceless-" + number, "{\"price\":1,\"sold\":true}")
                .replace("\"source\":\"s\",", "");
    }

    /** Sends orders, and waits until all is committed. */
    static void send(Pipeline shop, List<String> orders) {
        assertThat(shop.ingest(String.join("\n", orders).getBytes(UTF_8), BodyFormat.NDJSON))
                .isInstanceOf(IngestOutcome.Accepted.class);
        settle(shop);
    }

    static void settle(Pipeline shop) {
        await().atMost(PATIENCE).until(() -> shop.ledger().inFlight() == 0);
        assertThat(shop.ledger().balanced()).isTrue();
    }

    static List<DeadLetter> letters(Pipeline shop) {
        return shop.letters(LetterFilter.ALL, Optional.empty(), 100_000).letters();
    }

    static List<LetterId> ids(Pipeline shop) {
        return letters(shop).stream().map(DeadLetter::id).toList();
    }

    static LetterFilter kind(LetterKind kind) {
        return new LetterFilter(
                Optional.of(kind),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static ReplayRequest all(String patch) {
        return new ReplayRequest(
                List.of(),
                LetterFilter.ALL,
                ReplayRequest.MAX_LETTERS,
                patch.getBytes(UTF_8),
                OptionalDouble.empty());
    }

    static ReplayRequest all() {
        return new ReplayRequest(List.of(), LetterFilter.ALL, ReplayRequest.MAX_LETTERS);
    }

    static ReplayRequest named(List<LetterId> ids) {
        return new ReplayRequest(ids, LetterFilter.ALL, 1);
    }

    static ReplayRequest atRate(ReplayRequest request, double perSecond) {
        return new ReplayRequest(
                request.ids(),
                request.filter(),
                request.limit(),
                request.patch(),
                OptionalDouble.of(perSecond));
    }

    /** Orders that the aggregate counts. */
    static long orders(Pipeline shop) {
        settle(shop);
        return shop.rows(RowQuery.all("sales")).rows().stream()
                .mapToLong(row -> (Long) row.values().get("orders"))
                .sum();
    }

    static ReplayReport done(Pipeline shop, String replay) {
        await().atMost(PATIENCE).until(() -> shop.replay(replay).orElseThrow().done());
        return shop.replay(replay).orElseThrow();
    }

    static List<String> many(int count, IntFunction<String> order) {
        List<String> orders = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            orders.add(order.apply(i));
        }
        return orders;
    }
}
