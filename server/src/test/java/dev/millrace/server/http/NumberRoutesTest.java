package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.http.Api.Answer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Metrics, advance and rows. */
class NumberRoutesTest {
    private static final String WEB = "/v1/pipelines/web";
    private static final String ROWS = WEB + "/aggregates/views";

    @TempDir Path data;
    private Api api;

    @BeforeEach
    void start() {
        api = Api.withViews(data);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void rowsShowWhatWasCounted() {
        api.events(Api.events(3)).hasStatus(202);

        await().untilAsserted(() -> {
            Answer answer = api.get(ROWS + "?latest=true").hasStatus(200);
            assertThat(answer.list("rows")).hasSize(1);
            Map<String, Object> row = answer.list("rows").getFirst();
            assertThat(row)
                    .containsEntry("aggregate", "views")
                    .containsEntry("group", Map.of("data.path", "/"))
                    .containsKeys("windowStart", "windowEnd", "revision", "final");
            assertThat(row.get("values")).asInstanceOf(MAP).containsOnlyKeys("views", "bytes");
            assertThat(answer.json()).containsEntry("next", null);
        });
    }

    @Test
    void metricsHaveEveryMemberOfTheContract() {
        api.events(Api.events(2)).hasStatus(202);

        assertThat(api.get(WEB + "/metrics").hasStatus(200).json())
                .containsEntry("eventsAccepted", 2L)
                .containsKeys(
                        "eventsRejected",
                        "dlqSize",
                        "queueDepth",
                        "queueLimit",
                        "throughputPerSecond",
                        "duplicates",
                        "watermark",
                        "latencyMs",
                        "sinks");
    }

    @Test
    void metricsSayWhatBecomesOfEventsAtEachStage() {
        api.put(
                        "web",
                        """
                        pipeline: web
                        stages:
                          - {name: odd, filter: "data.n % 2 == 1"}
                          - {name: each, explode: data.items}
                          - {name: half, transform: {data.half: "10 / data.item"}}
                          - {name: views, aggregate: {window: {tumbling: 1m}, by: [], values: {views: count}}}
                        """)
                .hasStatus(200);
        api.events(
                        "[%s,%s,%s]"
                                .formatted(
                                        numbered("a", 1, "[1, 2, 0]"),
                                        numbered("b", 2, "[1]"),
                                        numbered("c", 3, "[]")))
                .hasStatus(202);

        await().untilAsserted(() -> {
            List<Map<String, Object>> stages = api.get(WEB + "/metrics").list("stages");
            assertThat(stages)
                    .extracting(
                            stage -> stage.get("stage"),
                            stage -> stage.get("kind"),
                            stage -> stage.get("in"),
                            stage -> stage.get("out"),
                            stage -> stage.get("filtered"),
                            stage -> stage.get("failed"))
                    .containsExactly(
                            tuple("odd", "filter", 3L, 2L, 1L, 0L),
                            tuple("each", "explode", 2L, 3L, 1L, 0L),
                            tuple("half", "transform", 3L, 2L, 0L, 1L),
                            tuple("views", "aggregate", 2L, 2L, 0L, 0L));
            assertThat(stages.getFirst())
                    .containsKeys(
                            "inPerSecond",
                            "outPerSecond",
                            "filteredPerSecond",
                            "failedPerSecond",
                            "nanosPerEvent");
        });
        assertThat(api.get(WEB + "/metrics").json())
                .containsEntry("balanced", true)
                .containsEntry("refused", 0L)
                .containsKeys("at", "watermarkLagMs", "refusedPerSecond");
    }

    private static String numbered(String id, int n, String items) {
        return """
        {"id":"%s","type":"t","source":"s","timestamp":%d,"data":{"n":%d,"items":%s}}\
        """
                .formatted(id, System.currentTimeMillis(), n, items);
    }

    @Test
    void advanceNeedsNoBody() {
        api.events(Api.event("a")).hasStatus(202);

        Answer answer =
                api.send(api.request(WEB + "/advance").POST(BodyPublishers.noBody()))
                        .hasStatus(200);

        assertThat(answer.json().get("watermark")).isInstanceOf(Long.class);
    }

    @Test
    void advanceOfNothingHasNoWatermark() {
        assertThat(api.post(WEB + "/advance", "{}").hasStatus(200).json())
                .containsEntry("watermark", null);
    }

    @Test
    void advancePastMaxSkewIsRefused() {
        api.events(Api.event("a")).hasStatus(202);

        api.post(WEB + "/advance", "{\"to\": %d}".formatted(System.currentTimeMillis() + 3_600_000))
                .isProblem(400, "invalid-request")
                .saying("maxSkew");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"to\": \"soon\"}", "{\"to\": 1.5}", "{\"from\": 1}", "[]", "7"})
    void anAdvanceThatIsWrongIsRefused(String body) {
        api.post(WEB + "/advance", body).isProblem(400, "invalid-request");
    }

    @Test
    void anAdvanceThatIsNoJsonIsMalformed() {
        api.post(WEB + "/advance", "{").isProblem(400, "malformed");
    }

    @Test
    void anUnknownAggregateIsNotFound() {
        api.get(WEB + "/aggregates/none").isProblem(404, "no-such-aggregate").saying("views");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "form=1",
                "from=x",
                "to=1.5",
                "limit=0",
                "limit=10001",
                "limit=1&limit=2",
                "latest=1",
                "rollup=day",
                "rollup=0s",
                "rollup=90s",
                "rollup=400d",
                "order=-nothing"
            })
    void aQueryThatIsWrongIsRefused(String query) {
        api.get(ROWS + "?" + query).isProblem(400, "invalid-request");
    }

    @Test
    void aBrokenPercentInAQueryIsRefused() throws IOException {
        assertThat(api.raw("GET " + ROWS + "?from=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void rollupShowsRowsOfLongerWindows() {
        api.events(Api.event("a")).hasStatus(202);
        api.post(WEB + "/advance", "{}").hasStatus(200);

        assertThat(api.get(ROWS + "?rollup=1d").hasStatus(200).text())
                .contains("\"windowStart\":")
                .contains("\"views\":1");
    }
}
