package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.http.Api.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Health, metrics, limits, the page, and what holds for every path. */
class OperationRoutesTest {
    @TempDir static Path data;
    private static Api api;

    @BeforeAll
    static void start() {
        api = Api.withViews(data);
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void theServerIsLiveAndReady() {
        assertThat(api.get("/health/live").hasStatus(200).json()).containsEntry("status", "live");
        assertThat(api.get("/health/ready").hasStatus(200).json()).containsEntry("status", "ready");
    }

    @Test
    void prometheusReadsThePipelines() {
        api.events(Api.event("a")).hasStatus(202);

        Answer answer = api.get("/metrics").hasStatus(200);

        assertThat(answer.header("Content-Type")).get().asString().startsWith("text/plain");
        assertThat(answer.text())
                .contains("millrace_events_accepted_total{pipeline=\"web\"} 1.0")
                .contains("millrace_ledger_balanced_flag{pipeline=\"web\"} 1.0")
                .contains("millrace_latency_seconds{pipeline=\"web\",quantile=\"0.99\"}")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void metersOfADeletedPipelineGo() {
        api.put("gone", Api.VIEWS.replace("web", "gone")).hasStatus(201);
        assertThat(api.get("/metrics").text()).contains("pipeline=\"gone\"");

        api.delete("/v1/pipelines/gone?confirm=gone").hasStatus(200);

        assertThat(api.get("/metrics").text()).doesNotContain("pipeline=\"gone\"");
    }

    @Test
    void everyBoundIsListedWithValueUnitAndMeaning() {
        assertThat(api.get("/limits").hasStatus(200).list("limits"))
                .isNotEmpty()
                .allSatisfy(limit -> {
                    assertThat(limit.get("value")).as("%s", limit).isInstanceOf(Long.class);
                    assertThat((long) limit.get("value")).as("%s", limit).isPositive();
                    assertThat((String) limit.get("unit")).as("%s", limit).isNotBlank();
                    assertThat((String) limit.get("meaning")).as("%s", limit).isNotBlank();
                });
    }

    @Test
    void theDocsTellOfTheSameBounds() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "limits.md"));
        List<String> told =
                Pattern.compile("^\\|([^|]+)\\|", Pattern.MULTILINE)
                        .matcher(page)
                        .results()
                        .map(row -> row.group(1).replaceAll("\\([^)]*\\)", ""))
                        .flatMap(cell -> Pattern.compile("`([^`]+)`").matcher(cell).results())
                        .map(name -> name.group(1))
                        .toList();

        assertThat(api.get("/limits").hasStatus(200).list("limits"))
                .extracting(limit -> (String) limit.get("name"))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(told);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/dashboard/index.html",
                "/dashboard/uplot/uPlot.esm.js",
                "/dashboard/uplot/uPlot.min.css",
                "/openapi.yaml"
            })
    void thePageComesFromHereAlone(String path) {
        Answer answer = api.get(path).hasStatus(200);

        assertThat(answer.text()).isNotBlank();
        assertThat(answer.header("Content-Security-Policy"))
                .get()
                .asString()
                .contains("default-src 'self'", "frame-ancestors 'none'");
        assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
    }

    @Test
    void anUnchangedFileIsNotSentAgain() {
        Answer first = api.get("/dashboard/uplot/uPlot.esm.js").hasStatus(200);
        String tag = first.header("ETag").orElseThrow();
        Answer again =
                api.send(
                                api.request("/dashboard/uplot/uPlot.esm.js")
                                        .header("If-None-Match", "\"other\", W/" + tag))
                        .hasStatus(304);

        assertThat(again.text()).isEmpty();
        assertThat(again.header("ETag")).contains(tag);
        assertThat(first.header("Cache-Control")).contains("no-cache");
    }

    @Test
    void aFileIsPackedForThoseWhoUnpack() throws IOException {
        Answer plain = api.get("/dashboard/uplot/uPlot.esm.js");
        Answer packed =
                api.send(
                        api.request("/dashboard/uplot/uPlot.esm.js")
                                .header("Accept-Encoding", "br, gzip;q=0.5"));
        Answer refused =
                api.send(
                        api.request("/dashboard/uplot/uPlot.esm.js")
                                .header("Accept-Encoding", "gzip;q=0"));

        assertThat(plain.header("Content-Encoding")).isEmpty();
        assertThat(refused.header("Content-Encoding")).isEmpty();
        assertThat(packed.header("Content-Encoding")).contains("gzip");
        assertThat(packed.header("Vary")).contains("Accept-Encoding");
        assertThat(packed.header("ETag")).isNotEqualTo(plain.header("ETag"));
        byte[] body = packed.response().body();
        assertThat(body.length).isLessThan(plain.response().body().length / 2);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes())
                .isEqualTo(plain.response().body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dashboard/nothing.js",
                "/dashboard/index",
                "/dashboard/nothing/index.html",
                "/dashboard/..%2Fdashboard%2Findex.html",
                "/dashboard/%2e%2e/logging.properties",
                "/dashboard/uplot/..%2Fpackage.json",
                "/dashboard/uplot/uPlot.d.ts",
                "/dashboard/index.html%00.js"
            })
    void whatIsNoFileOfTheDashboardIsNotFound(String path) throws IOException {
        assertThat(
                        api.raw(
                                "GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
                                        .formatted(path)))
                .matches("(?s)HTTP/1.1 (404|400) .*");
    }

    @Test
    void thePageHasNothingInline() {
        assertThat(api.get("/").text())
                .doesNotContain("<style", "style=", "onclick", "http://", "https://")
                .containsPattern("<script type=\"module\" src=\"/dashboard/[^\"]+\"></script>");
    }

    @Test
    void headAnswersLikeGetWithoutABody() {
        Answer got = api.get("/limits");
        Answer head =
                api.send(api.request("/limits").method("HEAD", BodyPublishers.noBody()))
                        .hasStatus(200);

        assertThat(head.text()).isEmpty();
        assertThat(head.header("Content-Length")).isEqualTo(got.header("Content-Length"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/v1", "/v1/pipelines/", "/v1/pipelines/web/nothing"})
    void anUnknownPathIsNotFound(String path) {
        api.get(path).isProblem(404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/limits", "/health/live", "/", "/v1/pipelines"})
    void anotherMethodIsNotAllowed(String path) {
        Answer answer = api.post(path, "{}").isProblem(405, "method-not-allowed");

        assertThat(answer.header("Allow")).contains("GET, HEAD");
    }

    @Test
    void aRequestLinePastTheLimitIsRefused() throws IOException {
        assertThat(api.raw("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                .startsWith("HTTP/1.1 4");
    }

    @Test
    void headersPastTheLimitAreRefused() throws IOException {
        assertThat(api.raw("GET / HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 4")
                .contains("urn:millrace:invalid-request");
    }

    @Test
    void aRequestWithoutAHostIsRefused() throws IOException {
        assertThat(api.raw("GET / HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("urn:millrace:invalid-request", "Host header must be present");
    }
}
