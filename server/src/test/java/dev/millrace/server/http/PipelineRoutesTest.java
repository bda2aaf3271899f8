package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.server.http.Api.Answer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class PipelineRoutesTest {
    @TempDir Path data;
    private Api api;

    @BeforeEach
    void start() {
        api = Api.start(data);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private Answer put(String path, String type, String body) {
        return api.send(
                api.request(path).header("Content-Type", type).PUT(BodyPublishers.ofString(body)));
    }

    @Test
    void aNewPipelineIsCreatedAndListed() {
        Answer created = api.put("web", Api.VIEWS).hasStatus(201);

        assertThat(created.json()).containsEntry("pipeline", "web").containsEntry("version", 1L);
        assertThat(created.list("plan")).isNotEmpty();
        assertThat(api.get("/v1/pipelines").hasStatus(200).list("pipelines"))
                .containsExactly(Map.of("pipeline", "web", "version", 1L));
    }

    @Test
    void theSameDefinitionIsNoNewVersion() {
        api.put("web", Api.VIEWS).hasStatus(201);

        assertThat(api.put("web", Api.VIEWS).hasStatus(200).json()).containsEntry("version", 1L);
    }

    @Test
    void jsonIsTakenToo() {
        put(
                        "/v1/pipelines/web",
                        "application/json",
                        """
                        {"pipeline": "web", "stages": [{"name": "all", "filter": "true"}]}\
                        """)
                .hasStatus(201);
    }

    @Test
    void aDryRunChangesNothing() {
        put("/v1/pipelines/web?dryRun=true", "text/yaml", Api.VIEWS).hasStatus(200);

        assertThat(api.get("/v1/pipelines").list("pipelines")).isEmpty();
    }

    @Test
    void aWrongDefinitionListsEveryErrorWithItsLine() {
        Answer answer =
                api.put(
                                "web",
                                """
                                pipeline: web
                                outOfOrder: soon
                                stages:
                                  - {name: views, aggregate: {window: {tumbling: -5m}, values: {views: count}}}
                                """)
                        .isProblem(422, "invalid-pipeline");

        List<Map<String, Object>> errors = answer.list("errors");
        assertThat(errors).hasSizeGreaterThanOrEqualTo(2);
        assertThat(errors.getFirst())
                .containsEntry("pointer", "/outOfOrder")
                .containsEntry("line", 2L)
                .containsKey("detail");
    }

    @Test
    void theNameInThePathAndInTheFileMustAgree() {
        api.put("other", Api.VIEWS).isProblem(422, "invalid-pipeline");
    }

    @Test
    void aDefinitionThatIsNotUtf8IsWrong() {
        api.send(
                        api.request("/v1/pipelines/web")
                                .header("Content-Type", "application/yaml")
                                .PUT(BodyPublishers.ofByteArray(new byte[] {(byte) 0xff})))
                .isProblem(422, "invalid-pipeline");
    }

    @Test
    void aDefinitionPastTheLimitIsTooLarge() {
        api.put("web", Api.VIEWS + "#".repeat(256 << 10)).isProblem(413, "too-large");
    }

    @Test
    void anotherContentTypeIsRefused() {
        put("/v1/pipelines/web", "text/plain", Api.VIEWS)
                .isProblem(415, "unsupported-media-type")
                .saying("application/yaml");
    }

    @Test
    void anUnknownParameterIsRefused() {
        put("/v1/pipelines/web?dryrun=true", "text/yaml", Api.VIEWS)
                .isProblem(400, "invalid-request")
                .saying("allowed: backfill, dryRun");
        put("/v1/pipelines/web?dryRun=yes", "text/yaml", Api.VIEWS)
                .isProblem(400, "invalid-request");
    }

    @Test
    void aPipelineShowsItsDefinition() {
        api.put("web", Api.VIEWS).hasStatus(201);

        Answer shown = api.get("/v1/pipelines/web").hasStatus(200);

        assertThat(shown.json())
                .containsEntry("pipeline", "web")
                .containsEntry("version", 1L)
                .containsEntry("text", Api.VIEWS);
        assertThat(shown.json().get("definition")).asInstanceOf(MAP).containsKey("stages");
    }

    @Test
    void aPipelineShowsItsVersions() {
        api.put("web", Api.VIEWS).hasStatus(201);

        assertThat(api.get("/v1/pipelines/web/versions").hasStatus(200).list("versions"))
                .hasSize(1);
    }

    @Test
    void aChangedAggregateIsBackfilledAndThePlanSaysSo() {
        api.put("web", Api.VIEWS).hasStatus(201);
        String changed = Api.VIEWS.replace("tumbling: 1m", "tumbling: 5m");

        Answer planned =
                put("/v1/pipelines/web?dryRun=true&backfill=24h", "text/yaml", changed)
                        .hasStatus(200);
        assertThat(planned.list("plan").getFirst())
                .containsEntry("stage", "views")
                .containsEntry("effect", "rebuilt")
                .extractingByKey("detail", STRING)
                .contains("window changed", "backfilled", "the last 1d");

        put("/v1/pipelines/web?backfill=24h", "text/yaml", changed).hasStatus(200);
        await().until(() ->
                api.get("/v1/pipelines/web/metrics").hasStatus(200).json().get("backfill") == null);
    }

    @Test
    void aBackfillPastTheRetentionOrOfNoTimeIsRefused() {
        api.put("web", Api.VIEWS).hasStatus(201);
        String changed = Api.VIEWS.replace("tumbling: 1m", "tumbling: 5m");

        put("/v1/pipelines/web?backfill=8d", "text/yaml", changed)
                .isProblem(400, "invalid-request")
                .saying("retention of 7d");
        put("/v1/pipelines/web?backfill=yesterday", "text/yaml", changed)
                .isProblem(400, "invalid-request")
                .saying("a duration like");
        put("/v1/pipelines/web?backfill=0s", "text/yaml", changed)
                .isProblem(400, "invalid-request");

        assertThat(api.get("/v1/pipelines/web").json()).containsEntry("version", 1L);
    }

    @Test
    void anEarlierVersionComesBackAsANewOne() {
        api.put("web", Api.VIEWS).hasStatus(201);
        api.put("web", Api.VIEWS.replace("tumbling: 1m", "tumbling: 5m")).hasStatus(200);

        rollback("{\"version\": 1, \"dryRun\": true}").hasStatus(200);
        assertThat(api.get("/v1/pipelines/web").json()).containsEntry("version", 2L);

        Answer back = rollback("{\"version\": 1}").hasStatus(200);
        assertThat(back.json()).containsEntry("version", 3L);
        assertThat(back.list("plan").getFirst()).containsEntry("effect", "rebuilt");
        assertThat(api.get("/v1/pipelines/web").json())
                .containsEntry("version", 3L)
                .containsEntry("text", Api.VIEWS);

        assertThat(rollback("{\"version\": 1}").hasStatus(200).json()).containsEntry("version", 3L);
    }

    @Test
    void aVersionThatNeverWasIsNotFound() {
        api.put("web", Api.VIEWS).hasStatus(201);

        rollback("{\"version\": 9}").isProblem(404, "no-such-version").saying("1 to 1");
        rollback("{\"version\": -1}").isProblem(404, "no-such-version");
        rollback("{}").isProblem(400, "invalid-request").saying("'version'");
        api.post("/v1/pipelines/none/rollback", "{\"version\": 1}")
                .isProblem(404, "no-such-pipeline");
    }

    private Answer rollback(String body) {
        return api.post("/v1/pipelines/web/rollback", body);
    }

    @Test
    void anUnknownPipelineIsNotFound() {
        api.get("/v1/pipelines/none").isProblem(404, "no-such-pipeline");
        api.get("/v1/pipelines/none/versions").isProblem(404, "no-such-pipeline");
        api.delete("/v1/pipelines/none?confirm=none").isProblem(404, "no-such-pipeline");
    }

    @Test
    void aPipelineIsDeletedOnlyWhenConfirmed() {
        api.put("web", Api.VIEWS).hasStatus(201);

        api.delete("/v1/pipelines/web").isProblem(400, "invalid-request").saying("confirm=web");
        api.delete("/v1/pipelines/web?confirm=other").isProblem(400, "invalid-request");
        api.delete("/v1/pipelines/web?confirm=web").hasStatus(200);

        api.get("/v1/pipelines/web").isProblem(404, "no-such-pipeline");
    }

    @Test
    void anotherMethodIsNotAllowed() {
        Answer answer =
                api.post("/v1/pipelines/web", "application/yaml", Api.VIEWS.getBytes(UTF_8))
                        .isProblem(405, "method-not-allowed");

        assertThat(answer.header("Allow")).contains("GET, HEAD, PUT, DELETE");
    }
}
