package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.system.RealRedis;

import io.lettuce.core.api.sync.RedisCommands;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Events from a stream of a real Redis, and back as hashes and another stream. */
class RedisTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int EVENTS = 2_000;
    private static final long TIMESTAMP_MS = 1_700_000_000_000L;

    @TempDir Path data;

    @Test
    void whatComesFromAStreamIsCountedOnceThroughARestart(@TempDir Path folder) {
        try (RealRedis redis = RealRedis.start(folder)) {
            run(redis.port(), redis.ask());
        }
    }

    private MillraceServer start() {
        return MillraceServer.start(ServerOptions.of("127.0.0.1", 0, data, Optional.empty()));
    }

    private void run(int port, RedisCommands<String, String> redis) {
        try (MillraceServer server = start()) {
            new ServerApi(server.address())
                    .put(
                            "web",
                            """
                            pipeline: web
                            partitions: 2
                            sources:
                              - {name: in, redis: {url: "redis://127.0.0.1:%1$d", stream: clicks}}
                            stages:
                              - name: views
                                aggregate: {window: {tumbling: 1d}, by: [data.path], values: {views: count}}
                            sinks:
                              - {name: cache, from: [views], redis: {url: "redis://127.0.0.1:%1$d"}}
                              - {name: out, from: [events], redis: {url: "redis://127.0.0.1:%1$d", stream: clean}}
                            """
                                    .formatted(port))
                    .hasStatus(201);
            send(redis, 0, EVENTS / 2);
            await().atMost(SOON).until(() -> redis.xlen("clean") > 0);
        }
        send(redis, EVENTS / 2, EVENTS);
        redis.xadd("clicks", Map.of("event", "no event"));
        try (MillraceServer server = start()) {
            ServerApi api = new ServerApi(server.address());
            await().atMost(SOON).until(() -> redis.xlen("clean") == EVENTS);
            for (int page = 0; page < 10; page++) {
                String key = "millrace:web:views:[\"/%d\"]".formatted(page);
                await().atMost(SOON)
                        .until(() -> String.valueOf(EVENTS / 10).equals(redis.hget(key, "views")));
            }
            await().atMost(SOON)
                    .until(() -> redis.xpending("clicks", "millrace-web-in").getCount() == 0);
            assertThat(api.letters("web", "invalid")).hasSize(1);
            assertThat(redis.xlen("clean")).isEqualTo(EVENTS);
            api.settledLedger("web").requireBalanced();
        }
    }

    private static void send(RedisCommands<String, String> redis, int from, int to) {
        for (int i = from; i < to; i++) {
            redis.xadd(
                    "clicks",
                    Map.of(
                            "event",
                            "{\"id\":\"e%d\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":%d,\"data\":{\"path\":\"/%d\"}}"
                                    .formatted(i, TIMESTAMP_MS, i % 10)));
        }
    }
}
