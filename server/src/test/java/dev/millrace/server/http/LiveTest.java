package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.http.Api.Answer;
import dev.millrace.testing.server.LiveClient;
import dev.millrace.testing.server.LiveClient.Event;
import dev.millrace.testing.server.LiveView;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The live stream, read from a real server as a browser reads it. */
class LiveTest {
    private static final String WEB =
            """
            pipeline: web
            outOfOrder: 0s
            stages:
              - {name: views, aggregate: {window: {tumbling: 1m}, by: [source, data.path], values: {views: count}, late: correct}}
              - {name: online, aggregate: {window: {sliding: 10s, every: 1s}, by: [source], values: {visitors: {distinct: data.visitor}}}}
              - {name: visits, aggregate: {window: {session: 2s}, by: [data.visitor], values: {pages: count}, keep: 1h}}
              - {name: closely, aggregate: {window: {tumbling: 10s}, by: [source], values: {views: count}, lateness: 1h}}
              - {name: surge, detect: {of: closely, value: views, sensitivity: 4, minimum: 30}}
            """;

    private static final String ALL = "?aggregate=views,online,visits";

    @TempDir Path data;
    private Api api;
    private int sent;

    @BeforeEach
    void start() {
        api = Api.start(data);
        api.put("web", WEB).hasStatus(201);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private LiveClient open(String query) {
        return LiveClient.open(api.address(), query, "", new LiveView("visits"));
    }

    /** Of one source and visitor, at a path. */
    private String event(String source, String path, String visitor, long timestampMs) {
        return """
        {"id":"e%d","type":"t","source":"%s","timestamp":%d,"data":{"path":"%s","visitor":"%s"}}\
        """
                .formatted(sent++, source, timestampMs, path, visitor);
    }

    private void send(String... events) {
        api.events(String.join(",", events).transform(all -> "[" + all + "]")).hasStatus(202);
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    @Test
    void theStreamIsOneThatNoProxyHoldsBack() {
        try (LiveClient live = open(ALL)) {
            assertThat(live.header("Content-Type")).contains("text/event-stream");
            assertThat(live.header("Cache-Control")).contains("no-cache");
            assertThat(live.header("X-Accel-Buffering")).contains("no");
            assertThat(live.header("Content-Encoding")).isEmpty();
        }
    }

    @Test
    void theSnapshotComesFirstThenMetricsEverySecond() {
        try (LiveClient live = open(ALL)) {
            await().until(() -> live.events("metrics").size() >= 3);

            assertThat(live.events().getFirst()).isEqualTo(new Event("snapshot", List.of()));
            assertThat(LiveClient.members(live.events("metrics").getLast()).keySet())
                    .isEqualTo(api.get("/v1/pipelines/web/metrics").json().keySet());
        }
    }

    @Test
    void withoutAggregatesThereAreMetricsAlone() {
        try (LiveClient live = open("")) {
            send(event("a", "/", "v", now()));
            await().until(() -> live.events("metrics").size() >= 3);

            assertThat(live.events()).extracting(Event::name).containsOnly("snapshot", "metrics");
            assertThat(live.events().getFirst().data()).isEqualTo(List.of());
        }
    }

    /** Whoever reads from the begin, and whoever comes in between, knows what the API knows. */
    @Test
    void theSnapshotWithTheChangesIsWhatTheApiShows() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (LiveClient early = open(ALL)) {
            sendSome(random, 20);
            try (LiveClient late = open(ALL)) {
                sendSome(random, 20);
                for (LiveClient live : List.of(early, late)) {
                    for (String aggregate : List.of("views", "online", "visits")) {
                        await().untilAsserted(() ->
                                assertThat(live.view().rows(aggregate))
                                        .as("%s, seed %d", aggregate, seed)
                                        .isEqualTo(latest(aggregate)));
                    }
                }
            }
        }
    }

    private void sendSome(Random random, int batches) {
        for (int batch = 0; batch < batches; batch++) {
            send(
                    IntStream.range(0, 1 + random.nextInt(20))
                            .mapToObj(_ ->
                                    event(
                                            "s" + random.nextInt(3),
                                            "/" + random.nextInt(5),
                                            "v" + random.nextInt(10),
                                            now() - random.nextInt(4_000)))
                            .toArray(String[]::new));
        }
    }

    private Set<Map<String, Object>> latest(String aggregate) {
        return new HashSet<>(
                api.get("/v1/pipelines/web/aggregates/" + aggregate + "?latest=true&limit=10000")
                        .hasStatus(200)
                        .list("rows"));
    }

    @Test
    void aNewWindowEmptiesTheOldOne() {
        long now = now();
        send(event("a", "/old", "v", now - 180_000));
        try (LiveClient live = open("?aggregate=views")) {
            live.await("snapshot");
            await().untilAsserted(() -> assertThat(latest("views")).isNotEmpty());
            send(event("a", "/new", "v", now));

            Map<String, Object> window =
                    LiveClient.members(
                            live.await(
                                    "window",
                                    event ->
                                            (long) LiveClient.members(event).get("windowStart")
                                                    == now - now % 60_000));

            assertThat(window).containsEntry("aggregate", "views");
            assertThat(window).containsEntry("windowEnd", now - now % 60_000 + 60_000);
            await().untilAsserted(() ->
                    assertThat(live.view().rows("views"))
                            .extracting(row -> row.get("group"))
                            .containsExactly(Map.of("source", "a", "data.path", "/new")));
        }
    }

    @Test
    void aSlidingWindowMovesOnInSilence() {
        send(event("a", "/", "v", now()));
        try (LiveClient live = open("?aggregate=online")) {
            await().until(() -> live.events("window").size() >= 3);

            assertThat(live.events("window"))
                    .extracting(event -> (long) LiveClient.members(event).get("windowStart"))
                    .isSorted()
                    .doesNotHaveDuplicates();
            await().untilAsserted(() -> assertThat(live.view().rows("online")).isEmpty());
        }
    }

    @Test
    void aSessionThatEndsIsToldAndIsGone() {
        try (LiveClient live = open("?aggregate=visits")) {
            live.await("snapshot");
            send(event("a", "/", "v", now()));
            live.await(
                    "rows", event -> LiveClient.rows(event).stream().anyMatch(row -> isFinal(row)));

            assertThat(live.view().rows("visits")).isEmpty();
        }
    }

    private static boolean isFinal(Map<String, Object> row) {
        return Boolean.TRUE.equals(row.get("final"));
    }

    @Test
    void sessionsThatBecomeOneAreRetracted() {
        // So far ahead that none of them ends meanwhile.
        long at = now() + 120_000;
        send(event("a", "/", "v", at - 3_000), event("a", "/", "v", at));
        try (LiveClient live = open("?aggregate=visits")) {
            await().until(() -> live.view().rows("visits").size() == 2);
            send(event("a", "/", "v", at - 1_500));

            Event told =
                    live.await(
                            "rows",
                            event ->
                                    LiveClient.rows(event).stream()
                                            .anyMatch(row -> row.containsKey("retracted")));
            assertThat(LiveClient.rows(told))
                    .filteredOn(row -> row.containsKey("retracted"))
                    .singleElement()
                    .satisfies(row -> assertThat(row).containsEntry("values", null));
            assertThat(live.view().rows("visits")).hasSizeLessThan(2);
        }
    }

    @Test
    void aFilteredStreamHasRowsOfItsGroupAlone() {
        long at = now();
        send(event("a", "/", "v", at), event("b", "/", "v", at));
        await().untilAsserted(() -> assertThat(latest("views")).hasSize(2));
        try (LiveClient live = open("?aggregate=views,online&group.source=a")) {
            live.await("snapshot");
            send(event("a", "/x", "v", at), event("b", "/x", "v", at));
            await().until(() -> live.view().rows("views").size() == 2);
            await().untilAsserted(() -> assertThat(latest("views")).hasSizeGreaterThanOrEqualTo(4));

            assertThat(sources(live.view().rows("views"))).containsExactly("a");
            assertThat(sources(live.view().rows("online"))).isSubsetOf("a");
        }
    }

    private static Set<Object> sources(Set<Map<String, Object>> rows) {
        return rows.stream()
                .map(row -> ((Map<?, ?>) row.get("group")).get("source"))
                .collect(Collectors.toSet());
    }

    @Test
    void whoComesBackMissesNothingAndStartsNothingAnew() {
        LiveView view = new LiveView("visits");
        long at = now();
        String lastId;
        try (LiveClient live = LiveClient.open(api.address(), ALL, "", view)) {
            send(event("a", "/1", "v", at));
            await().until(() -> !live.lastId().isEmpty() && !view.rows("views").isEmpty());
            lastId = live.lastId();
        }
        send(event("a", "/2", "v", at));
        await().untilAsserted(() -> assertThat(latest("views")).hasSize(2));
        send(event("a", "/3", "v", at));
        try (LiveClient live = LiveClient.open(api.address(), ALL, lastId, view)) {
            await().untilAsserted(() -> assertThat(view.rows("views")).isEqualTo(latest("views")));
            await().untilAsserted(
                            () -> assertThat(view.rows("visits")).isEqualTo(latest("visits")));

            assertThat(live.events("snapshot")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"999999999", "0", "none", "-1"})
    void whoComesBackFromNowhereBeginsAnew(String lastId) {
        send(event("a", "/1", "v", now()));
        await().untilAsserted(() -> assertThat(latest("views")).hasSize(1));
        try (LiveClient live =
                LiveClient.open(api.address(), "?aggregate=views", lastId, new LiveView())) {
            assertThat(live.await("snapshot").data())
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .hasSize(1);
        }
    }

    @Test
    void anAggregateThatBeginsAnewBeginsTheStreamAnew() {
        send(event("a", "/1", "v", now()));
        try (LiveClient live = open("?aggregate=views")) {
            await().until(() -> !live.view().rows("views").isEmpty());
            api.put("web", WEB.replace("by: [source, data.path]", "by: [source]")).hasStatus(200);
            await().until(() -> live.events("snapshot").size() == 2);
            send(event("b", "/2", "v", now()));

            await().untilAsserted(() ->
                    assertThat(live.view().rows("views"))
                            .extracting(row -> row.get("group"))
                            .containsExactly(Map.of("source", "b")));
        }
    }

    @Test
    void theStreamOfADroppedPipelineEnds() {
        try (LiveClient live = open(ALL)) {
            live.await("snapshot");
            api.delete("/v1/pipelines/web?confirm=web").hasStatus(200);

            await().until(live::isComplete);
        }
    }

    @Test
    void anAlertIsToldToThoseWhomItConcerns() {
        long begin = now() - now() % 10_000 - 120_000;
        try (LiveClient its = open("?group.source=a");
                LiveClient others = open("?group.source=b");
                LiveClient closely = open("?aggregate=closely")) {
            for (int window = 0; window < 9; window++) {
                long at = begin + window * 10_000L;
                send(
                        IntStream.range(0, window == 8 ? 60 : 5)
                                .mapToObj(_ -> event("a", "/", "v", at))
                                .toArray(String[]::new));
            }

            Map<String, Object> alert = LiveClient.members(its.await("alert"));
            assertThat(alert).containsEntry("detector", "surge").containsEntry("state", "open");
            await().untilAsserted(() -> {
                Map<String, Object> known =
                        api.get("/v1/pipelines/web/alerts").list("alerts").getFirst();
                assertThat(its.events("alert").getLast().data()).isEqualTo(known);
                assertThat(closely.events("alert").getLast().data()).isEqualTo(known);
            });
            int soFar = others.events("metrics").size();
            await().until(() -> others.events("metrics").size() > soFar);
            assertThat(others.events("alert")).isEmpty();
        }
    }

    /** The text of a value can neither end an event nor begin another. */
    @Test
    void lineEndsInValuesStayInValues() {
        String hostile = "/\\r\\n\\r\\nevent: evil\\ndata: 1\\n\\n: x\\u2028\\u0000<script>\\u202e";
        try (LiveClient live = open("?aggregate=views")) {
            send(event("a\\r\\nid: 7", hostile, "v", now()));
            await().until(() -> !live.view().rows("views").isEmpty());

            assertThat(live.events())
                    .extracting(Event::name)
                    .isSubsetOf("snapshot", "window", "rows", "metrics");
            assertThat(live.view().rows("views")).isEqualTo(latest("views"));
            assertThat(live.view().rows("views").iterator().next().get("group"))
                    .isEqualTo(
                            Map.of(
                                    "source",
                                    "a\r\nid: 7",
                                    "data.path",
                                    "/\r\n\r\nevent: evil\ndata: 1\n\n: x\u2028\0<script>\u202e"));
        }
    }

    @Test
    void rowsComeAtMostFourTimesASecond() {
        try (LiveClient live = open("?aggregate=views")) {
            live.await("snapshot");
            long begin = System.nanoTime();
            while (live.events("rows").size() < 8) {
                send(event("a", "/", "v", now()));
            }
            double seconds = (System.nanoTime() - begin) / 1e9;

            // Eight with seven pauses between them: less than that no haste of a machine explains.
            assertThat(seconds).isGreaterThan(7 * 0.25 - 0.1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "?aggregate=nothing, 404, no-such-aggregate",
        "'?aggregate=views,nothing', 404, no-such-aggregate",
        "?aggregate=visits&group.source=a, 400, invalid-request",
        "?aggregat=views, 400, invalid-request",
        "'?aggregate=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q', 400, invalid-request"
    })
    void aWrongQueryIsRefusedBeforeTheStream(String query, int status, String code) {
        api.get("/v1/pipelines/web/live" + query).isProblem(status, code);
    }

    @Test
    void anUnknownPipelineHasNoStream() {
        api.get("/v1/pipelines/nothing/live").isProblem(404, "no-such-pipeline");
    }

    @Test
    void headAnswersAndDoesNotStream() {
        Answer head =
                api.send(
                                api.request("/v1/pipelines/web/live")
                                        .method("HEAD", BodyPublishers.noBody()))
                        .hasStatus(200);

        assertThat(head.header("Content-Type")).contains("text/event-stream");
    }

    @Test
    void aStoppingServerEndsItsStreamsInOrder() {
        try (LiveClient live = open(ALL)) {
            live.await("snapshot");
            api.close();

            await().until(live::isComplete);
        }
    }
}
