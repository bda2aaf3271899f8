package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.EngineOptions;
import dev.millrace.engine.LetterBudget;
import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Optional;

/** A source that sends nonsense is stopped by 429, and no other source notices. */
class LetterBudgetTest {
    private static final String WEB =
            """
            pipeline: web
            stages:
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [source], values: {views: count}}
            """;

    @TempDir Path data;

    @Test
    void aSourcePastItsBudgetGets429UntilItsLettersAreSeenTo() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            try (MillraceServer server = start()) {
                send(client, server, "PUT", "", "application/yaml", WEB);
                for (int i = 0; i < 5; i++) {
                    assertThat(ingest(client, server, "{\"source\":\"a\"}").statusCode())
                            .isEqualTo(202);
                }
                assertRefused(ingest(client, server, event("a", "1")));
                assertThat(ingest(client, server, event("b", "1")).statusCode()).isEqualTo(202);
                assertOpensByReplay(client, server);
                assertThat(ingest(client, server, "{\"source\":\"a\"}").statusCode())
                        .isEqualTo(202);
                assertRefused(ingest(client, server, event("a", "1")));
                assertThat(send(client, server, "GET", "/metrics", "application/json", "").body())
                        .contains("\"dlqSize\":5");
            }
            try (MillraceServer server = start()) {
                assertRefused(ingest(client, server, event("a", "2")));
                assertThat(ingest(client, server, event("b", "2")).statusCode()).isEqualTo(202);
                assertThat(metrics(client, server))
                        .contains("millrace_dead_letters_kind_letters{kind=\"invalid\"")
                        .containsPattern("millrace_dead_letters_sources_near_budget\\S* 1");
                HttpResponse<String> deleted =
                        send(client, server, "DELETE", "/dead-letters?source=a", "text/plain", "");
                assertThat(deleted.body()).contains("\"deleted\":5");
                assertThat(ingest(client, server, event("a", "3")).statusCode()).isEqualTo(202);
            }
        }
    }

    /** Mends one of its letters. */
    private static void assertOpensByReplay(HttpClient client, MillraceServer server)
            throws Exception {
        String patch = event("a", "mended");
        HttpResponse<String> replayed =
                send(
                        client,
                        server,
                        "POST",
                        "/dead-letters/replay",
                        "application/json",
                        "{\"source\":\"a\",\"limit\":1,\"patch\":%s}".formatted(patch));
        assertThat(replayed.body()).contains("\"replayed\":1");
        assertThat(ingest(client, server, event("a", "0")).statusCode()).isEqualTo(202);
    }

    private static void assertRefused(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
        JsonNode problem = JsonMapper.shared().readTree(response.body());
        assertThat(problem.path("type").asString()).isEqualTo("urn:millrace:queue-full");
        assertThat(problem.path("bottleneck").asString()).isEqualTo("dead-letters");
        assertThat(problem.path("detail").asString()).contains("'a'").contains("replay or delete");
        assertThat(problem.has("queueDepth")).isTrue();
        assertThat(problem.path("queueLimit").asLong()).isPositive();
        assertThat(problem.path("retryAfterSeconds").asLong()).isPositive();
    }

    private MillraceServer start() {
        return MillraceServer.start(
                ServerOptions.of("127.0.0.1", 0, data, Optional.empty())
                        .withEngine(
                                EngineOptions.defaults()
                                        .withLetterBudget(new LetterBudget(5, 1 << 20))));
    }

    private static HttpResponse<String> ingest(
            HttpClient client, MillraceServer server, String events) throws Exception {
        return send(client, server, "POST", "/events", "application/json", events);
    }

    private static HttpResponse<String> send(
            HttpClient client,
            MillraceServer server,
            String method,
            String path,
            String type,
            String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.address().resolve("/v1/pipelines/web" + path))
                        .header("Content-Type", type)
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String metrics(HttpClient client, MillraceServer server) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(server.address().resolve("/metrics")).build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static String event(String source, String id) {
        return "{\"id\":\"%s\",\"type\":\"t\",\"source\":\"%s\",\"timestamp\":%d}"
                .formatted(id, source, System.currentTimeMillis());
    }
}
