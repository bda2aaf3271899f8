package dev.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.client.MillraceClient;
import dev.millrace.server.client.Reply;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

class DemoTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir Path folder;

    @Test
    void numbersMove() {
        try (Demo demo = Demo.start("127.0.0.1", 0, folder, 2_000, 1);
                MillraceClient client = new MillraceClient(demo.address(), null)) {
            await().atMost(TIMEOUT).until(() -> demo.taken().accepted() > 4_000);
            await().atMost(TIMEOUT).until(() -> demo.deadLetters() > 10);
            for (String aggregate :
                    new String[] {
                        "online",
                        "live",
                        "pages",
                        "trending",
                        "sites",
                        "visits",
                        "sections",
                        "speed"
                    }) {
                await().atMost(TIMEOUT)
                        .until(() ->
                                !client.get("web", "aggregates/" + aggregate + "?latest=true")
                                        .body()
                                        .path("rows")
                                        .isEmpty());
            }

            JsonNode ledger = client.get("web", "ledger").body();
            assertThat(ledger.path("balanced").asBoolean()).isTrue();
            assertThat(ledger.path("filtered").asLong()).isPositive();
            assertThat(demo.taken().rejected()).isPositive();
            assertThat(demo.failure()).isNull();
        }
    }

    @Test
    void aMendedDefinitionAndAReplayLeaveNoStageLetters() throws Exception {
        try (Demo demo = Demo.start("127.0.0.1", 0, folder, 2_000, 1);
                MillraceClient client = new MillraceClient(demo.address(), null)) {
            await().atMost(TIMEOUT)
                    .until(() -> stages(client).containsAll(List.of("people", "tidy")));

            String mended =
                    new String(Demo.definition(), StandardCharsets.UTF_8)
                            .replace("!data.ua", "(!has(data.ua) || !data.ua")
                            .replace("contains('bot')", "contains('bot'))")
                            .replace("data.load_ms /", "double(data.load_ms) /");
            Reply put = client.putPipeline("web", mended.getBytes(StandardCharsets.UTF_8));
            assertThat(put.body().path("version").asInt()).as(put.body().toString()).isEqualTo(2);

            await().atMost(TIMEOUT)
                    .until(() -> {
                        replayStageLetters(demo.address());
                        return stages(client).isEmpty();
                    });
        }
    }

    private static Set<String> stages(MillraceClient client) {
        return client.get("web", "dead-letters?kind=stage&limit=1000")
                .body()
                .path("deadLetters")
                .valueStream()
                .map(letter -> letter.path("stage").asString())
                .collect(Collectors.toSet());
    }

    private static void replayStageLetters(URI server) throws Exception {
        HttpRequest replay =
                HttpRequest.newBuilder(server.resolve("/v1/pipelines/web/dead-letters/replay"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"kind\": \"stage\", \"limit\": 1000}"))
                        .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            assertThat(http.send(replay, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aPipelineThatSomebodyChangedStaysAsItIs() {
        String changed =
                new String(Demo.definition(), StandardCharsets.UTF_8)
                        .replace("outOfOrder: 2s", "outOfOrder: 3s");
        try (Demo demo = Demo.start("127.0.0.1", 0, folder, 100, 1);
                MillraceClient client = new MillraceClient(demo.address(), null)) {
            Reply reply = client.putPipeline("web", changed.getBytes(StandardCharsets.UTF_8));
            assertThat(reply.body().path("version").asInt()).isEqualTo(2);
        }

        try (Demo demo = Demo.start("127.0.0.1", 0, folder, 100, 1);
                MillraceClient client = new MillraceClient(demo.address(), null)) {
            assertThat(client.get("web", "").body().path("version").asInt()).isEqualTo(2);
        }
    }
}
