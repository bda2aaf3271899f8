package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Json;
import dev.millrace.testing.server.Ledger;
import dev.millrace.testing.server.Seed;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.server.ServerApi.Answer;
import dev.millrace.testing.server.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** An expression that fails on some events is corrected, and its dead letters are replayed. */
class ReplayTest {
    private static final String SHOP =
            """
            pipeline: shop
            partitions: 2
            stages:
              - name: arrivals
                aggregate: {window: {tumbling: 1d}, by: [], values: {orders: count}}
              - name: price
                transform: {data.price: "%s"}
              - name: sales
                aggregate: {window: {tumbling: 1d}, by: [], values: {orders: count, price: {sum: data.price}}}
            """;
    private static final String WRONG = SHOP.formatted("data.amount * 2");
    private static final String CORRECTED =
            SHOP.formatted("has(data.amount) ? int(data.amount) * 2 : 0");

    private static final long TIMESTAMP_MS = 1_430_000_000_000L;
    private static final String ALL_OF_STAGE = "{\"stage\": \"price\", \"limit\": 1000}";

    private static final int FAILING = 900;

    /** Some are left for the last replay. */
    private static final String SOME_OF_STAGE = "{\"stage\": \"price\", \"limit\": 200}";

    private static final int KILL_MS = 300;

    private static final int KILLS = 4;

    @TempDir Path data;

    @Test
    void eventsOnWhichAStageFailsWaitUntilItIsCorrectedAndThenCountOnce() {
        try (ServerProcess server = Servers.start(data)) {
            ServerApi api = server.api();
            api.put("shop", WRONG).hasStatus(201);
            String missing = order("missing", "{}");
            String text = order("text", "{\"amount\":\"40\"}");
            api.ingest("shop", List.of(order(1), missing, order(2), text, order(3))).hasStatus(202);

            Ledger failed = api.settledLedger("shop").requireBalanced();
            assertThat(failed.dead()).isEqualTo(2);
            assertThat(failed.completed()).isEqualTo(3);
            requireValues(api, "arrivals", Map.of("orders", 5L));
            requireValues(api, "sales", Map.of("orders", 3L, "price", 12L));
            List<Map<String, Object>> letters = api.letters("shop", "stage");
            assertThat(letters)
                    .extracting(letter -> letter.get("stage"), letter -> letter.get("code"))
                    .containsExactlyInAnyOrder(
                            tuple("price", "no-such-field"), tuple("price", "type"));
            assertThat(letters)
                    .extracting(letter -> letter.get("event"))
                    .containsExactlyInAnyOrder(
                            Json.decode(missing.getBytes(UTF_8)),
                            Json.decode(text.getBytes(UTF_8)));
            assertThat(letters)
                    .allSatisfy(letter -> {
                        assertThat((String) letter.get("message")).contains("amount");
                        assertThat(letter)
                                .containsEntry("attempts", 1L)
                                .containsEntry("pipelineVersion", 1L);
                    });

            api.put("shop", CORRECTED).hasStatus(200);
            Answer replay = api.replay("shop", ALL_OF_STAGE).hasStatus(200);

            assertThat(replay.json())
                    .containsEntry("done", true)
                    .containsEntry("replayed", 2L)
                    .containsEntry("failed", 0L)
                    .containsEntry("remaining", 0L);
            assertThat(api.letters("shop", "stage")).isEmpty();
            requireValues(api, "arrivals", Map.of("orders", 5L));
            requireValues(api, "sales", Map.of("orders", 5L, "price", 92L));
            Ledger settled = api.settledLedger("shop").requireBalanced();
            assertThat(settled.dead()).isZero();
            assertThat(settled.completed()).isEqualTo(5);
        }
    }

    @Test
    void aReplayThatIsCutOffByAKillCountsOnceWhenItIsSentAgain() throws Exception {
        Random random = new Random(Seed.print("ReplayTest"));
        List<String> events = new ArrayList<>();
        IntStream.range(0, FAILING).forEach(i -> events.add(order("text-" + i, amount("\"1\""))));
        IntStream.range(0, 100).forEach(i -> events.add(order(i)));
        try (ServerProcess server = Servers.start(data)) {
            server.api().put("shop", WRONG).hasStatus(201);
            server.api().ingest("shop", events).hasStatus(202);
            assertThat(server.api().settledLedger("shop").dead()).isEqualTo(FAILING);
            server.api().put("shop", CORRECTED).hasStatus(200);
            server.kill9();
        }
        for (int i = 0; i < KILLS; i++) {
            killWhileReplaying(random.nextInt(KILL_MS));
        }

        try (ServerProcess server = Servers.start(data)) {
            ServerApi api = server.api();
            assertThat(api.replay("shop", ALL_OF_STAGE).hasStatus(200).json())
                    .containsEntry("done", true)
                    .containsEntry("failed", 0L)
                    .containsEntry("remaining", 0L);

            assertThat(api.letters("shop", "stage")).isEmpty();
            Ledger ledger = api.settledLedger("shop").requireBalanced();
            assertThat(ledger.accepted()).isEqualTo(events.size());
            assertThat(ledger.completed()).isEqualTo(events.size());
            requireValues(api, "arrivals", Map.of("orders", 1_000L));
            requireValues(api, "sales", Map.of("orders", 1_000L, "price", 900L * 2 + 99 * 100));
        }
    }

    private void killWhileReplaying(int afterMs) throws Exception {
        try (ServerProcess server = Servers.start(data)) {
            ServerApi api = server.api();
            long dead = api.ledger("shop").requireBalanced().dead();
            CompletableFuture<Boolean> answered =
                    CompletableFuture.supplyAsync(() -> isReplayed(api));
            boolean inTime =
                    answered.copy().completeOnTimeout(false, afterMs, TimeUnit.MILLISECONDS).get();
            server.kill9();
            System.out.printf(
                    "ReplayTest: %d letters, killed after %d ms, replay was answered: %s%n",
                    dead, afterMs, inTime);
            boolean _ = answered.get();
        }
    }

    private static boolean isReplayed(ServerApi api) {
        try {
            api.replay("shop", SOME_OF_STAGE).hasStatus(200);
            return true;
        } catch (UncheckedIOException killed) {
            return false;
        }
    }

    private static void requireValues(ServerApi api, String aggregate, Map<String, Long> values) {
        assertThat(api.rows("shop", aggregate))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("values", values));
    }

    private static String order(int amount) {
        return order("order-" + amount, amount(String.valueOf(amount)));
    }

    private static String amount(String json) {
        return "{\"amount\":" + json + "}";
    }

    private static String order(String id, String orderJson) {
        return """
        {"id":"%s","type":"order","source":"shop","timestamp":%d,"data":%s}\
        """
                .formatted(id, TIMESTAMP_MS, orderJson);
    }
}
