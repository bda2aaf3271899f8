package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;

import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;
import dev.millrace.testing.server.Ledger;
import dev.millrace.testing.server.ServerApi;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/** Stages that look things up, from outside: tables, a service that goes away and comes back. */
class EnrichTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Events sent while the service is away; more than become dead letters. */
    private static final int AWAY_EVENTS = 50;

    @TempDir Path data;
    private MillraceServer server;
    private ServerApi api;

    @BeforeEach
    void start() throws IOException {
        Files.createDirectories(data.resolve("tables"));
        server = MillraceServer.start(ServerOptions.of("127.0.0.1", 0, data, Optional.empty()));
        api = new ServerApi(server.address());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String pipeline(String name, String enrich) {
        return """
        pipeline: %s
        partitions: 2
        stages:
          - name: site
            enrich: {%s, match: data.site, into: data.found}
          - name: views
            aggregate: {window: {tumbling: 1d}, by: [data.found.plan], values: {views: count}}
        """
                .formatted(name, enrich);
    }

    private static List<String> events(String prefix, int count, String site) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        """
                        {"id":"%s%d","type":"t","source":"s","timestamp":%d,"data":{"site":"%s"}}\
                        """
                                .formatted(
                                        prefix, i, System.currentTimeMillis(), site.formatted(i)))
                .toList();
    }

    /** How often each plan was counted; {@code null} for none. */
    private Map<Object, Long> views(String pipeline) {
        Map<Object, Long> views = new HashMap<>();
        for (Map<String, Object> row : api.rows(pipeline, "views")) {
            Map<?, ?> group = (Map<?, ?>) row.get("group");
            Map<?, ?> values = (Map<?, ?>) row.get("values");
            views.merge(group.get("data.found.plan"), (Long) values.get("views"), Long::sum);
        }
        return views;
    }

    private Map<String, Object> lookup(String pipeline) {
        List<Map<String, Object>> lookups = api.get(pipeline + "/metrics").list("lookups");
        return lookups.isEmpty() ? Map.of() : lookups.getFirst();
    }

    @Test
    void aTableIsJoinedAndItsChangesAreTakenUp() throws IOException {
        Path table = data.resolve("tables/sites.csv");
        Files.writeString(table, "id,plan\n7,free\n");
        api.put("web", pipeline("web", "table: sites.csv, column: id")).hasStatus(201);

        api.ingest("web", events("a", 3, "7")).hasStatus(202);
        api.ingest("web", events("b", 2, "8")).hasStatus(202);
        await().atMost(SOON)
                .untilAsserted(() -> {
                    Map<Object, Long> expected = new HashMap<>(Map.of("free", 3L));
                    expected.put(null, 2L);
                    assertThat(views("web")).isEqualTo(expected);
                });
        assertThat(lookup("web")).containsEntry("stage", "site").containsEntry("state", "closed");

        Files.writeString(table, "id,plan\n7,pro\n8,pro\n");
        await().atMost(SOON)
                .untilAsserted(() -> {
                    api.ingest("web", events("c" + System.nanoTime(), 1, "8")).hasStatus(202);
                    assertThat(views("web")).containsKey("pro");
                });
        assertThat(api.settledLedger("web").balanced()).isTrue();
    }

    @Test
    void aTableThatIsNotThereIsRefusedAtItsPlace() {
        ServerApi.Answer answer = api.put("web", pipeline("web", "table: none.csv")).hasStatus(422);

        assertThat(answer.list("errors"))
                .singleElement()
                .satisfies(error -> {
                    assertThat((String) error.get("pointer")).startsWith("/stages/0/enrich");
                    assertThat((String) error.get("detail")).contains("none.csv", "tables");
                });
    }

    @Test
    void aServiceThatIsAwayHoldsItsStageUntilItIsBackAndNoOther() throws IOException {
        AtomicBoolean away = new AtomicBoolean(true);
        HttpServer service =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext(
                "/",
                exchange -> {
                    byte[] body = "{\"plan\": \"pro\"}".getBytes(UTF_8);
                    exchange.sendResponseHeaders(away.get() ? 500 : 200, body.length);
                    try (OutputStream out = exchange.getResponseBody()) {
                        out.write(body);
                    }
                });
        service.start();
        try {
            int port = service.getAddress().getPort();
            api.put(
                            "web",
                            pipeline(
                                    "web",
                                    "http: {url: 'http://127.0.0.1:%d/{value}'}".formatted(port)))
                    .hasStatus(201);
            Files.writeString(data.resolve("tables/sites.csv"), "id,plan\n7,free\n");
            api.put("other", pipeline("other", "table: sites.csv")).hasStatus(201);

            api.ingest("web", events("a", AWAY_EVENTS, "%d")).hasStatus(202);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(lookup("web")).containsEntry("state", "open"));
            assertThat((String) lookup("web").get("lastError")).contains("answered 500");
            api.ingest("other", events("b", 10, "7")).hasStatus(202);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(views("other")).isEqualTo(Map.of("free", 10L)));

            away.set(false);
            Ledger ledger = api.settledLedger("web");

            int letters = api.letters("web", "stage").size();
            assertThat(letters).isBetween(1, 4);
            assertThat(ledger.balanced()).isTrue();
            api.replay("web", "{\"kind\": \"stage\"}").hasStatus(200);
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(views("web")).isEqualTo(Map.of("pro", (long) AWAY_EVENTS)));
            assertThat(lookup("web")).containsEntry("state", "closed");
        } finally {
            service.stop(0);
        }
    }

    @Test
    void aSourceThatIsNotThereCanBeMendedByANewVersion() throws IOException {
        api.put("web", pipeline("web", "http: {url: 'http://127.0.0.1:9/{value}'}")).hasStatus(201);
        api.ingest("web", events("a", AWAY_EVENTS, "7")).hasStatus(202);
        api.ingest("web", events("b", AWAY_EVENTS, "%d")).hasStatus(202);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(lookup("web")).containsEntry("state", "open"));
        Files.writeString(data.resolve("tables/sites.csv"), "id,plan\n7,free\n");

        api.put("web", pipeline("web", "table: sites.csv")).hasStatus(200);

        api.settledLedger("web").requireBalanced();
        assertThat(api.letters("web", "stage")).isNotEmpty();
        api.replay("web", "{\"kind\": \"stage\", \"limit\": 1000}").hasStatus(200);
        Ledger mended = api.settledLedger("web").requireBalanced();
        assertThat(mended.dead()).isZero();
        assertThat(mended.completed()).isEqualTo(2 * AWAY_EVENTS);
    }
}
