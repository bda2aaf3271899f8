package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.system.RealPostgres;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Rows in a real PostgreSQL, from outside. */
class PostgresTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int EVENTS = 1_000;
    private static final long TIMESTAMP_MS = 1_700_000_000_000L;

    @TempDir Path folder;
    private Path data;
    private RealPostgres postgres;
    private MillraceServer server;
    private ServerApi api;

    @BeforeEach
    void start() {
        data = folder.resolve("data");
        postgres = RealPostgres.start(folder.resolve("postgres"));
        server = MillraceServer.start(ServerOptions.of("127.0.0.1", 0, data, Optional.empty()));
        api = new ServerApi(server.address());
    }

    @AfterEach
    void stop() {
        server.close();
        postgres.close();
    }

    /** The views of each path. */
    private Map<String, Long> table() {
        Map<String, Long> views = new HashMap<>();
        for (String row : postgres.rows("select path, views from web_views")) {
            int bar = row.lastIndexOf('|');
            Long before = views.put(row.substring(0, bar), Long.valueOf(row.substring(bar + 1)));
            assertThat(before).isNull();
        }
        return views;
    }

    private Map<String, Long> rows() {
        Map<String, Long> views = new HashMap<>();
        for (Map<String, Object> row : api.rows("web", "views")) {
            Map<?, ?> group = (Map<?, ?>) row.get("group");
            Map<?, ?> values = (Map<?, ?>) row.get("values");
            views.put((String) group.get("data.path"), (Long) values.get("views"));
        }
        return views;
    }

    private void put() {
        api.put(
                        "web",
                        """
                        pipeline: web
                        partitions: 2
                        stages:
                          - name: views
                            aggregate: {window: {tumbling: 1d}, by: [data.path], values: {views: count}}
                        sinks:
                          - name: warehouse
                            from: [views]
                            postgres: {url: "%s", table: web_views}
                        """
                                .formatted(postgres.url()))
                .hasStatus(201);
    }

    private static String event(int i, String path) {
        return """
        {"id":"e%d","type":"t","source":"s","timestamp":%d,"data":{"path":"%s"}}\
        """
                .formatted(i, TIMESTAMP_MS, path);
    }

    @Test
    void aRowThatPostgresRefusesIsALetterAndIsThereOnceTheTableCanHoldIt() {
        postgres.run(
                "create table web_views (window_start timestamptz, window_end timestamptz, path"
                        + " varchar(20), views int, revision bigint, final boolean, group_kinds int)");
        postgres.run(
                "create unique index on web_views (window_start, path, group_kinds) nulls not"
                        + " distinct");
        put();
        List<String> events =
                IntStream.range(0, EVENTS)
                        .mapToObj(
                                i -> event(i, i == 617 ? "/a/path/that/is/too/long" : "/page/" + i))
                        .toList();
        api.ingest("web", events).hasStatus(202);

        await().atMost(SOON).until(() -> api.letters("web", "sink").size() == 1);
        await().atMost(SOON).until(() -> table().size() == EVENTS - 1);

        Map<String, Object> letter = api.letters("web", "sink").getFirst();
        assertThat(letter).containsEntry("stage", "warehouse").containsEntry("code", "sql-22001");
        assertThat((String) letter.get("message"))
                .contains(
                        "PostgreSQL at localhost:" + postgres.port(),
                        "value too long for type character varying(20)");

        postgres.run("alter table web_views alter column path type text");
        ServerApi.Answer replay = api.replay("web", "{\"kind\": \"sink\"}").hasStatus(200);
        api.awaitReplays("web");

        assertThat(replay.number("replayed")).isEqualTo(1);
        assertThat(api.letters("web", "sink")).isEmpty();
        assertThat(table()).hasSize(EVENTS).isEqualTo(rows());
        api.settledLedger("web").requireBalanced();
    }

    @Test
    void whatIsThereIsWhatTheApiShowsThroughRestartsOfTheServer() {
        put();
        int sent = 0;
        for (int start = 0; start < 3; start++) {
            for (int i = 0; i < 20; i++) {
                List<String> events =
                        IntStream.range(sent, sent + 100)
                                .mapToObj(id -> event(id, "/page/" + id % 37))
                                .toList();
                api.ingest("web", events).hasStatus(202);
                sent += 100;
            }
            server.close();
            server = MillraceServer.start(ServerOptions.of("127.0.0.1", 0, data, Optional.empty()));
            api = new ServerApi(server.address());
        }
        api.advance("web");
        long all = sent;
        await().atMost(SOON)
                .until(() -> table().values().stream().mapToLong(Long::longValue).sum() == all);
        assertThat(table()).hasSize(37).isEqualTo(rows());
    }
}
