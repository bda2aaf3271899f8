package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.testing.server.Ledger;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.server.ServerApi.Answer;
import dev.millrace.testing.server.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Dead letters by the thousand from one bad expression, as an operator mends them: a dry run, a
 * replay of one in a hundred with a patch, the corrected definition, and a replay of the rest at a
 * rate, during which the server is killed twice by SIGKILL. {@code -Dmillrace.letters=10000} for
 * more of them.
 */
class LetterSurgeryTest {
    private static final int LETTERS = Integer.getInteger("millrace.letters", 3_000);

    /** So slow that both kills hit the replay. */
    private static final int RATE = LETTERS < 10_000 ? 150 : 1_000;

    private static final int GOOD = 500;
    private static final int BATCH = 1_000;
    private static final int KILLS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration DONE_WITHIN = Duration.ofMinutes(5);

    private static final String SHOP =
            """
            pipeline: shop
            key: data.customer
            partitions: 3
            stages:
              - name: arrivals
                aggregate: {window: {tumbling: 1d}, values: {orders: count}}
              - {name: price, transform: {data.price: "%s"}}
              - name: sales
                aggregate: {window: {tumbling: 1d}, by: [data.customer], values: {orders: count, price: {sum: data.price}}}
            """;
    private static final String WRONG = SHOP.formatted("data.amount * data.rate");
    private static final String CORRECTED =
            SHOP.formatted("data.amount * (has(data.rate) ? data.rate : 2)");

    @TempDir Path data;

    @Test
    void everyEventCountsOnceThoughTheServerIsKilledWhileItsLettersAreReplayed() {
        try (ServerProcess server = Servers.start(data)) {
            ServerApi api = server.api();
            api.put("shop", WRONG).hasStatus(201);
            ingest(api);
            Map<String, Object> cause = onlyCause(api);
            assertThat(cause).containsEntry("count", (long) LETTERS);
            String fingerprint = (String) cause.get("fingerprint");

            Answer dry =
                    api.replay("shop", request(fingerprint, LETTERS, "\"dryRun\": true"))
                            .hasStatus(200);
            assertThat(dry.json())
                    .containsEntry("dryRun", true)
                    .containsEntry("failed", (long) LETTERS)
                    .containsEntry("replayed", 0L);
            Answer patched =
                    api.replay(
                                    "shop",
                                    request(
                                            fingerprint,
                                            LETTERS,
                                            "\"dryRun\": true, \"patch\": {\"data\": {\"rate\": 2}}"))
                            .hasStatus(200);
            assertThat(patched.json()).containsEntry("replayed", (long) LETTERS);
            assertThat(onlyCause(api)).isEqualTo(cause);

            Answer some =
                    api.replay(
                                    "shop",
                                    request(
                                            fingerprint,
                                            LETTERS / 100,
                                            "\"patch\": {\"data\": {\"rate\": 2}}"))
                            .hasStatus(200);
            assertThat(some.json())
                    .containsEntry("done", true)
                    .containsEntry("replayed", (long) LETTERS / 100);
            api.put("shop", CORRECTED).hasStatus(200);
        }

        String replay = replayKilledTwice();

        try (ServerProcess server = Servers.start(data)) {
            ServerApi api = server.api();
            Answer end =
                    await().atMost(DONE_WITHIN)
                            .until(() -> progress(api, replay), LetterSurgeryTest::isDone);
            requireAllCountedOnce(api, end);
        }
    }

    /** Which goes on by itself each time that the server starts. */
    private String replayKilledTwice() {
        String replay = "";
        long replayed = 0;
        long began = System.nanoTime();
        for (int kill = 0; kill < KILLS; kill++) {
            try (ServerProcess server = Servers.start(data)) {
                ServerApi api = server.api();
                if (kill == 0) {
                    replay = begin(api);
                }
                String id = replay;
                long before = progress(api, id).number("replayed");
                assertThat(before).isGreaterThanOrEqualTo(replayed);
                long soFar = before;
                Answer midst =
                        await().atMost(PATIENCE)
                                .until(
                                        () -> progress(api, id),
                                        answer ->
                                                answer.number("replayed") > soFar + LETTERS / 20
                                                        || isDone(answer));
                replayed = midst.number("replayed");
                assertThat(isDone(midst)).as("done before kill %d", kill + 1).isFalse();
                server.kill9();
                System.out.printf(
                        "LetterSurgeryTest: kill %d after %d ms at %d replayed, %d remaining; it was %d when the server was up%n",
                        kill + 1,
                        (System.nanoTime() - began) / 1_000_000,
                        replayed,
                        midst.number("remaining"),
                        before);
            }
        }
        return replay;
    }

    /** Begins the replay of the rest; the answer may be cut off. */
    private static String begin(ServerApi api) {
        CompletableFuture<Boolean> _ =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        String rest =
                                request(
                                        (String) onlyCause(api).get("fingerprint"),
                                        1_000_000,
                                        "\"ratePerSecond\": " + RATE);
                        return api.replay("shop", rest).status() == 200;
                    } catch (UncheckedIOException killed) {
                        return false;
                    }
                });
        return (String)
                await().atMost(PATIENCE)
                        .until(
                                () -> api.get("shop/dead-letters/replays").list("replays"),
                                replays -> replays.size() == 2)
                        .getFirst()
                        .get("replay");
    }

    private static boolean isDone(Answer progress) {
        return Boolean.TRUE.equals(progress.json().get("done"));
    }

    private static Answer progress(ServerApi api, String replay) {
        return api.get("shop/dead-letters/replays/" + replay).hasStatus(200);
    }

    private static void requireAllCountedOnce(ServerApi api, Answer end) {
        assertThat(end.json())
                .containsEntry("replayed", (long) LETTERS - LETTERS / 100)
                .containsEntry("failed", 0L)
                .containsEntry("remaining", 0L);
        Set<Object> listed = new HashSet<>();
        end.list("outcomes").forEach(one -> listed.add(one.get("id")));
        assertThat(listed).hasSize(1_000);
        assertThat(api.letters("shop", "stage")).isEmpty();
        Ledger ledger = api.settledLedger("shop").requireBalanced();
        assertThat(ledger.accepted()).isEqualTo(LETTERS + GOOD);
        assertThat(ledger.completed()).isEqualTo(LETTERS + GOOD);
        assertThat(ledger.dead()).isZero();
        assertThat(sum(api, "arrivals", "orders")).isEqualTo(LETTERS + GOOD);
        assertThat(sum(api, "sales", "orders")).isEqualTo(LETTERS + GOOD);
        assertThat(sum(api, "sales", "price")).isEqualTo(3L * 2 * LETTERS + 3L * GOOD);
        System.out.printf("LetterSurgeryTest: %d letters, all replayed once%n", LETTERS);
    }

    @SuppressWarnings("unchecked")
    private static long sum(ServerApi api, String aggregate, String value) {
        return api.rows("shop", aggregate).stream()
                .map(row -> (Map<String, Object>) row.get("values"))
                .mapToLong(values -> (long) values.get(value))
                .sum();
    }

    private static void ingest(ServerApi api) {
        List<String> orders =
                IntStream.range(0, LETTERS + GOOD)
                        .mapToObj(i -> order(i, i % 7 == 0 && i / 7 < GOOD))
                        .toList();
        assertThat(orders.stream().filter(order -> order.contains("rate")).count()).isEqualTo(GOOD);
        for (int from = 0; from < orders.size(); from += BATCH) {
            api.ingest("shop", orders.subList(from, Math.min(orders.size(), from + BATCH)))
                    .hasStatus(202);
        }
        assertThat(api.settledLedger("shop").dead()).isEqualTo(LETTERS);
    }

    private static String order(int number, boolean good) {
        return "{\"id\":\"o%d\",\"type\":\"order\",\"source\":\"shop\",\"timestamp\":%d,\"data\":{\"customer\":%d,\"amount\":3%s}}"
                .formatted(
                        number,
                        1_430_000_000_000L + number,
                        number % 50,
                        good ? ",\"rate\":1" : "");
    }

    private static Map<String, Object> onlyCause(ServerApi api) {
        List<Map<String, Object>> causes =
                api.get("shop/dead-letters/summary").hasStatus(200).list("summary");
        assertThat(causes).hasSize(1);
        return causes.getFirst();
    }

    private static String request(String fingerprint, int limit, String more) {
        return "{\"fingerprint\": \"%s\", \"limit\": %d, %s}".formatted(fingerprint, limit, more);
    }
}
