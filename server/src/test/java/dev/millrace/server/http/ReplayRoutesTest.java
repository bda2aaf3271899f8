package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

class ReplayRoutesTest {
    private static final String LETTERS = "/v1/pipelines/shop/dead-letters";
    private static final String SHOP =
            """
            pipeline: shop
            stages:
              - {name: priced, filter: "data.price >= 0"}
              - name: sales
                aggregate: {window: {tumbling: 1d}, values: {orders: count}}
            """;

    @TempDir Path data;
    private Api api;

    @BeforeEach
    void start() {
        api = Api.start(data);
        api.put("shop", SHOP).hasStatus(201);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    /** Sends orders without a price, and waits until they are letters. */
    private List<Map<String, Object>> unpriced(int count) {
        String orders =
                String.join(
                        "\n",
                        IntStream.range(0, count)
                                .mapToObj(i ->
                                        "{\"id\":\"o%d\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":1,\"data\":{}}"
                                                .formatted(i))
                                .toList());
        return letters(orders, count);
    }

    private List<Map<String, Object>> letters(String body, int count) {
        api.post("/v1/pipelines/shop/events", "application/x-ndjson", body.getBytes(UTF_8))
                .hasStatus(202);
        await().untilAsserted(
                        () -> assertThat(api.get(LETTERS).list("deadLetters")).hasSize(count));
        return api.get(LETTERS).list("deadLetters");
    }

    private Api.Answer replay(String body) {
        return api.post(LETTERS + "/replay", body);
    }

    @Test
    void aReplayOfNothingIsDone() {
        assertThat(replay("{}").hasStatus(200).json())
                .containsEntry("done", true)
                .containsEntry("replayed", 0L)
                .containsEntry("failed", 0L)
                .containsEntry("remaining", 0L)
                .containsEntry("dryRun", false)
                .containsEntry("outcomes", List.of());
    }

    @Test
    void aPatchMendsLettersAndTheReplayCanBeAskedForAgain() {
        unpriced(3);

        Api.Answer answer =
                replay(
                                "{\"stage\": \"priced\", \"patch\": {\"data\": {\"price\": 12345678901234567890}}}")
                        .hasStatus(200);

        assertThat(answer.json()).containsEntry("done", true).containsEntry("replayed", 3L);
        assertThat(answer.list("outcomes"))
                .allSatisfy(one ->
                        assertThat(one)
                                .containsEntry("outcome", "replayed")
                                .containsEntry("message", "")
                                .containsKey("id"));
        String id = (String) answer.json().get("replay");
        assertThat(api.get(LETTERS + "/replays/" + id).hasStatus(200).json())
                .isEqualTo(answer.json());
        assertThat(api.delete(LETTERS + "/replays/" + id).hasStatus(200).json())
                .isEqualTo(answer.json());
        assertThat(api.get(LETTERS + "/replays").hasStatus(200).list("replays"))
                .singleElement()
                .satisfies(one -> assertThat(one).containsEntry("replay", id));
        assertThat(api.get(LETTERS).list("deadLetters")).isEmpty();
    }

    @Test
    void aPatchThatMakesNoValidEventIsToldAndTheLetterStays() {
        Map<String, Object> letter = unpriced(1).getFirst();

        Api.Answer answer =
                replay(
                                "{\"ids\": [\"%s\"], \"patch\": {\"timestamp\": \"soon\"}}"
                                        .formatted(letter.get("id")))
                        .hasStatus(200);

        assertThat(answer.list("outcomes").getFirst())
                .containsEntry("outcome", "failed")
                .extracting("message")
                .asString()
                .contains("no valid event: /timestamp");
        assertThat(api.get(LETTERS + "/" + letter.get("id")).json())
                .containsEntry("attempts", 2L)
                .containsEntry("code", "invalid-patch")
                .containsEntry("event", letter.get("event"));
    }

    @Test
    void aDryRunChangesNothing() {
        List<Map<String, Object>> before = unpriced(2);

        Api.Answer answer =
                replay("{\"dryRun\": true, \"patch\": {\"data\": {\"price\": 1}}}").hasStatus(200);

        assertThat(answer.json()).containsEntry("dryRun", true).containsEntry("replayed", 2L);
        assertThat(api.get(LETTERS).list("deadLetters")).isEqualTo(before);
        assertThat(api.get(LETTERS + "/replays").list("replays")).isEmpty();
    }

    @Test
    void whatAdmissionRefusedIsAcceptedWithAPatch() {
        Map<String, Object> letter =
                letters("{\"id\":\"x\",\"type\":\"t\",\"timestamp\":1}", 1).getFirst();

        Api.Answer answer =
                replay(
                                "{\"kind\": \"invalid\", \"patch\": {\"source\": \"s\", \"data\": {\"price\": 1}}}")
                        .hasStatus(200);

        assertThat(answer.list("outcomes"))
                .containsExactly(
                        Map.of("id", letter.get("id"), "outcome", "replayed", "message", ""));
        await().untilAsserted(() ->
                assertThat(api.get("/v1/pipelines/shop/ledger").json())
                        .containsEntry("received", 1L)
                        .containsEntry("accepted", 1L)
                        .containsEntry("rejected", 0L)
                        .containsEntry("completed", 1L)
                        .containsEntry("balanced", true));
    }

    @Test
    void aSlowReplayIsStopped() {
        unpriced(3);
        String body = "{\"ratePerSecond\": 0.01, \"patch\": {\"data\": {\"price\": 1}}}";

        CompletableFuture<Api.Answer> answer = CompletableFuture.supplyAsync(() -> replay(body));
        await().until(() ->
                api.get(LETTERS + "/replays").list("replays").stream()
                        .anyMatch(one -> one.get("replayed").equals(1L)));
        String id = (String) api.get(LETTERS + "/replays").list("replays").getFirst().get("replay");

        assertThat(api.delete(LETTERS + "/replays/" + id).hasStatus(200).json())
                .containsEntry("stopped", true)
                .containsEntry("done", true)
                .containsEntry("remaining", 2L);
        assertThat(answer.join().hasStatus(200).json())
                .containsEntry("stopped", true)
                .containsEntry("replayed", 1L)
                .containsEntry("remaining", 2L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ids\": [7]}",
                "{\"ids\": [\"7\"]}",
                "{\"ids\": []}",
                "{\"limit\": 0}",
                "{\"limit\": 1000001}",
                "{\"kind\": \"broken\"}",
                "{\"patch\": [1]}",
                "{\"patch\": \"text\"}",
                "{\"dryRun\": 1}",
                "{\"ratePerSecond\": 0}",
                "{\"ratePerSecond\": -1}",
                "{\"ratePerSecond\": \"fast\"}",
                "{\"all\": true}"
            })
    void aReplayThatIsWrongIsRefused(String body) {
        replay(body).isProblem(400, "invalid-request");
    }

    @Test
    void aKindWithoutLettersReplaysNothing() {
        assertThat(replay("{\"kind\": \"sink\"}").hasStatus(200).json())
                .containsEntry("replayed", 0L)
                .containsEntry("remaining", 0L);
    }

    @Test
    void anUnknownReplayIsNotFound() {
        api.get(LETTERS + "/replays/none").isProblem(404, "not-found");
        api.delete(LETTERS + "/replays/none").isProblem(404, "not-found");
        api.get(LETTERS + "/replay").isProblem(405, "method-not-allowed");
    }
}
