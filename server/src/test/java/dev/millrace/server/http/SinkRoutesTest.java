package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.connector.Connectors;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.Json;
import dev.millrace.core.port.StageServices;
import dev.millrace.engine.Engine;
import dev.millrace.engine.EngineOptions;
import dev.millrace.engine.HandlerSource;
import dev.millrace.engine.IngestOutcome;
import dev.millrace.testing.MemorySinks;
import dev.millrace.testing.MemorySources;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

/** Sinks over HTTP, with systems in memory. */
class SinkRoutesTest {
    private static final String WEB = "/v1/pipelines/web";
    private static final String DEFINITION =
            """
            pipeline: web
            stages: [{name: views, aggregate: {window: {tumbling: 1m}, values: {n: count}}}]
            sinks: [{name: out, from: [events], memory: {}}]
            sources: [{name: in, memory: {}}]
            """;

    private final MemorySinks systems = new MemorySinks();
    private final MemoryStorage storage = new MemoryStorage();
    private final HttpClient client = HttpClient.newHttpClient();
    private Engine engine;
    private HttpListener listener;

    @BeforeEach
    void start() {
        engine =
                Engine.open(
                        storage,
                        EngineOptions.defaults(),
                        HandlerSource.NONE,
                        StageServices.NONE,
                        new Connectors(List.of(systems), List.of(new MemorySources())));
        assertThat(engine.put("web", DEFINITION, false)).isNotNull();
        listener =
                HttpListener.start(
                        engine,
                        _ -> {
                            throw new IllegalStateException("no backups here");
                        },
                        _ -> List.of(),
                        InetAddress.getLoopbackAddress(),
                        0,
                        HttpLimits.defaults());
    }

    @AfterEach
    void stop() {
        listener.close();
        engine.close();
    }

    @Test
    void theyAreListedWithTheirLag() {
        systems.trouble("out", MemorySinks.Trouble.AWAY);
        send(3);

        Map<String, Object> sink = awaitLag(3);

        assertThat(sink)
                .containsEntry("name", "out")
                .containsEntry("kind", "memory")
                .containsEntry("end", 3L)
                .containsEntry("cursor", 0L)
                .containsEntry("pending", null)
                .containsKeys("lagMs", "perSecond", "retries", "lastError", "breaker");
        assertThat((Long) sink.get("bytes")).isPositive();
        assertThat(list(get(WEB + "/sinks").body(), "sources"))
                .singleElement()
                .satisfies(source -> assertThat(source).containsEntry("name", "in"));
        String metrics = get("/metrics").body();
        assertThat(metrics)
                .contains("millrace_sink_lag_items{pipeline=\"web\",sink=\"out\"} 3.0")
                .contains("millrace_sink_lag_size_bytes{pipeline=\"web\",sink=\"out\"}")
                .contains("millrace_sink_lag_age_seconds{pipeline=\"web\",sink=\"out\"}")
                .contains("millrace_sink_throughput_items{pipeline=\"web\",sink=\"out\"}")
                .contains("millrace_sink_breaker_open_flag{pipeline=\"web\",sink=\"out\"}")
                .contains("millrace_sink_delivered_total{pipeline=\"web\",sink=\"out\"}")
                .contains("millrace_sink_retries_total{pipeline=\"web\",sink=\"out\"}");
    }

    @Test
    void theyArePausedResumedAndRewound() {
        assertThat(json(post("/pause", "").body())).containsEntry("state", "paused");
        send(3);
        Map<String, Object> _ = awaitLag(3);
        assertThat(json(post("/resume", "{\"takeOver\": true}").body()))
                .doesNotContainEntry("state", "paused");
        await().until(() -> systems.items("out").size() == 3);
        assertThat(post("/rewind", "{\"to\": 1}").statusCode()).isEqualTo(200);
        await().until(() -> systems.items("out").size() == 5);
    }

    @Test
    void whatCannotBeDoneYetIsAccepted() {
        await().until(() -> systems.cursor("out").isPresent());
        systems.trouble("out", MemorySinks.Trouble.AWAY);

        HttpResponse<String> told = post("/rewind", "{}");

        assertThat(told.statusCode()).isEqualTo(202);
        assertThat(json(told.body())).containsEntry("pending", "rewind");
    }

    @Test
    void aProducerIsToldWhichSinkHoldsThePipelineBack() {
        assertThat(
                        engine.put(
                                "web",
                                DEFINITION.replace(
                                        "from: [events],", "from: [events], budget: 1MiB,"),
                                false))
                .isNotNull();
        systems.trouble("out", MemorySinks.Trouble.AWAY);
        String padding = "x".repeat(500_000);
        for (int i = 0; i < 3; i++) {
            send(
                    "{\"id\":\"l%d\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":1700000000000,\"data\":{\"x\":\"%s\"}}"
                            .formatted(i, padding));
        }
        Map<String, Object> _ = awaitLag(3);

        HttpResponse<String> refused =
                send(
                        request(WEB + "/events")
                                .header("Content-Type", "application/json")
                                .POST(
                                        body(
                                                "{\"id\":\"a\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":1700000000000}")));

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(json(refused.body())).containsEntry("bottleneck", "sink:out");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void whatIsWrongIsTold() {
        assertThat(post("/rewind", "{\"to\": -1}").statusCode()).isEqualTo(400);
        assertThat(post("/pause", "{\"to\": 1}").statusCode()).isEqualTo(400);
        assertThat(send(request(WEB + "/sinks/none/pause").POST(body(""))).statusCode())
                .isEqualTo(404);
    }

    private Map<String, Object> awaitLag(long lag) {
        await().until(() ->
                list(get(WEB + "/metrics").body(), "sinks").getFirst().get("lag").equals(lag));
        return list(get(WEB + "/metrics").body(), "sinks").getFirst();
    }

    private void send(int events) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < events; i++) {
            body.append(
                    "{\"id\":\"%d\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":1700000000000}\n"
                            .formatted(i));
        }
        send(body.toString());
    }

    private void send(String lines) {
        assertThat(
                        engine.pipeline("web")
                                .orElseThrow()
                                .ingest(lines.getBytes(UTF_8), BodyFormat.NDJSON))
                .isInstanceOf(IngestOutcome.Accepted.class);
    }

    private HttpResponse<String> post(String verb, String body) {
        return send(
                request(WEB + "/sinks/out" + verb)
                        .header("Content-Type", "application/json")
                        .POST(body(body)));
    }

    private HttpResponse<String> get(String path) {
        return send(request(path).GET());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(listener.address().resolve(path));
    }

    private static HttpRequest.BodyPublisher body(String text) {
        return HttpRequest.BodyPublishers.ofString(text);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(String text) {
        return (Map<String, Object>) Json.decode(text.getBytes(UTF_8));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(String text, String name) {
        return (List<Map<String, Object>>) json(text).get(name);
    }
}
