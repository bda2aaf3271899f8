package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.server.http.Api.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What {@code POST /v1/pipelines/{p}/events} takes, rejects and refuses. */
class IngestTest {
    private static final String EVENTS = "/v1/pipelines/web/events";

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

    private static Answer ndjson(String body) {
        return api.post(EVENTS, "application/x-ndjson", body.getBytes(UTF_8));
    }

    private static Answer rejectedAlone(String event) {
        Answer answer =
                api.events("[" + Api.event("before") + "," + event + "," + Api.event("after") + "]")
                        .hasStatus(202);
        assertThat(answer.json()).containsEntry("accepted", 2L).containsEntry("rejected", 1L);
        assertThat(answer.list("errors")).hasSize(1);
        assertThat(answer.list("errors").getFirst()).containsEntry("index", 1L);
        return answer;
    }

    private static Map<String, Object> error(Answer answer) {
        return answer.list("errors").getFirst();
    }

    @Test
    void oneEventIsAccepted() {
        Answer answer = api.events(Api.event("one")).hasStatus(202);

        assertThat(answer.json())
                .containsEntry("accepted", 1L)
                .containsEntry("rejected", 0L)
                .containsKeys("processingTimeMs", "errors");
        assertThat(answer.header("Content-Type")).contains("application/json");
    }

    @Test
    void anArrayIsAccepted() {
        assertThat(api.events(Api.events(3)).hasStatus(202).json()).containsEntry("accepted", 3L);
    }

    @Test
    void anEmptyArrayIsAccepted() {
        assertThat(api.events("[]").hasStatus(202).json()).containsEntry("accepted", 0L);
    }

    @Test
    void linesAreAcceptedAndBlankOnesSkipped() {
        Answer answer = ndjson("\n" + Api.event("a") + "\r\n\n" + Api.event("b")).hasStatus(202);

        assertThat(answer.json()).containsEntry("accepted", 2L).containsEntry("rejected", 0L);
    }

    @Test
    void ofLinesOnlyTheBrokenOneIsRejected() {
        Answer answer = ndjson(Api.event("a") + "\n{\"id\":\n" + Api.event("b")).hasStatus(202);

        assertThat(answer.json()).containsEntry("accepted", 2L).containsEntry("rejected", 1L);
        assertThat(error(answer)).containsEntry("index", 1L).containsEntry("code", "invalid");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "no json",
                "[{\"id\":\"a\"",
                "{\"id\":\"a\",}",
                "[] []",
                "{\"timestamp\":NaN}",
                "'single'"
            })
    void whatIsNoJsonIsMalformed(String body) {
        api.events(body).isProblem(400, "malformed");
    }

    @Test
    void invalidUtf8IsMalformed() {
        byte[] body = Api.event("x").replace("page_view", "page?view").getBytes(UTF_8);
        body[new String(body, UTF_8).indexOf('?')] = (byte) 0xff;

        api.post(EVENTS, "application/json", body).isProblem(400, "malformed");
    }

    @Test
    void aMissingFieldRejectsTheEventAlone() {
        Answer answer = rejectedAlone("{\"id\":\"x\",\"type\":\"t\",\"source\":\"s\"}");

        assertThat(error(answer))
                .containsEntry("id", "x")
                .containsEntry("code", "invalid")
                .containsEntry("pointer", "/timestamp");
    }

    @Test
    void aFieldOfTheWrongTypeRejectsTheEventAlone() {
        Answer answer = rejectedAlone("{\"id\":7,\"type\":\"t\",\"source\":\"s\",\"timestamp\":1}");

        assertThat(error(answer)).containsEntry("pointer", "/id");
    }

    @Test
    void whatIsNoObjectIsRejectedAlone() {
        rejectedAlone("42");
    }

    @Test
    void aNumberThatNoDoubleHoldsIsRejectedAlone() {
        rejectedAlone(
                "{\"id\":\"x\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":1e999,\"data\":{}}");
    }

    @Test
    void aLoneSurrogateIsRejectedAlone() {
        rejectedAlone(Api.event("x").replace("page_view", "\\ud800"));
    }

    @Test
    void aTimestampTooFarAheadIsFuture() {
        Answer answer = rejectedAlone(Api.event("x", System.currentTimeMillis() + 3_600_000));

        assertThat(error(answer)).containsEntry("code", "future");
    }

    @Test
    void ofDuplicateKeysTheLastWins() {
        Answer answer =
                api.events(Api.event("x").replace("\"id\":", "\"id\":7,\"id\":")).hasStatus(202);

        assertThat(answer.json()).containsEntry("accepted", 1L);
    }

    @Test
    void theFirstHundredErrorsAreListed() {
        String body =
                IntStream.range(0, 150)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(",", "[", "]"));

        Answer answer = api.events(body).hasStatus(202);

        assertThat(answer.json()).containsEntry("rejected", 150L);
        assertThat(answer.list("errors")).hasSize(100);
        assertThat(answer.list("errors").get(99)).containsEntry("index", 99L);
    }

    @Test
    void anEventOfMoreThanAMebibyteIsTooLarge() {
        String event = Api.event("big").replace("\"/\"", "\"" + "x".repeat(1 << 20) + "\"");

        api.events(event).isProblem(413, "too-large");
    }

    @Test
    void nestingPast64IsTooLarge() {
        String deep = "[".repeat(70) + "]".repeat(70);

        api.events(Api.event("deep").replace("\"/\"", deep)).isProblem(413, "too-large");
    }

    @Test
    void aBatchLargerThanTheQueueLimitIsTooLarge() {
        api.put(
                        "small",
                        Api.VIEWS
                                .replace("web", "small")
                                .replace("stages", "queueLimit: 5\nstages"))
                .hasStatus(201);

        api.post("/v1/pipelines/small/events", Api.events(6)).isProblem(413, "too-large");
        api.post("/v1/pipelines/small/events", Api.events(5)).hasStatus(202);
    }

    @Test
    void aFullQueueSaysWhenToComeBackAndTakesNothing() {
        api.put(
                        "full",
                        Api.VIEWS
                                .replace("web", "full")
                                .replace("stages", "queueLimit: 20\nstages"))
                .hasStatus(201);
        AtomicInteger taken = new AtomicInteger();
        AtomicReference<Answer> refused = new AtomicReference<>();
        Runnable flood =
                () -> {
                    while (refused.get() == null && taken.get() < 1_000_000) {
                        Answer answer = api.post("/v1/pipelines/full/events", Api.events(20));
                        if (answer.response().statusCode() == 202) {
                            taken.addAndGet(20);
                        } else {
                            refused.set(answer);
                        }
                    }
                };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, 16).forEach(_ -> threads.execute(flood));
        }

        Answer answer = refused.get().isProblem(429, "queue-full");
        assertThat(Integer.parseInt(answer.header("Retry-After").orElseThrow())).isPositive();
        assertThat(answer.json())
                .containsKeys("queueDepth", "bottleneck")
                .containsEntry("queueLimit", 20L)
                .containsEntry(
                        "retryAfterSeconds",
                        Long.valueOf(answer.header("Retry-After").orElseThrow()));
        assertThat(api.get("/v1/pipelines/full/ledger").json())
                .containsEntry("accepted", taken.longValue());
    }

    @Test
    void anUnknownPipelineIsNotFound() {
        api.post("/v1/pipelines/none/events", Api.event("a"))
                .isProblem(404, "no-such-pipeline")
                .saying("none");
    }

    @Test
    void anotherMethodIsNotAllowed() {
        Answer answer = api.get(EVENTS).isProblem(405, "method-not-allowed");

        assertThat(answer.header("Allow")).contains("POST");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/xml",
                "application/json; charset=iso-8859-1",
                "application/json-seq",
                "nonsense"
            })
    void anotherContentTypeIsRefused(String type) {
        api.post(EVENTS, type, Api.event("a").getBytes(UTF_8))
                .isProblem(415, "unsupported-media-type");
    }

    @Test
    void aRefusedContentTypeNamesWhatIsAllowed() {
        api.post(EVENTS, "text/plain", Api.event("a").getBytes(UTF_8))
                .isProblem(415, "unsupported-media-type")
                .saying("application/json, application/x-ndjson");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json; charset=utf-8",
                "Application/JSON;charset=\"UTF-8\"",
                "application/json ; q=1"
            })
    void utf8MayBeNamed(String type) {
        api.post(EVENTS, type, Api.event("a").getBytes(UTF_8)).hasStatus(202);
    }

    @Test
    void aMissingContentTypeIsRefused() {
        api.send(api.request(EVENTS).POST(BodyPublishers.ofString(Api.event("a"))))
                .isProblem(415, "unsupported-media-type")
                .saying("Content-Type");
    }

    @Test
    void aQueryIsRefused() {
        api.post(EVENTS + "?dryRun=true", Api.event("a"))
                .isProblem(400, "invalid-request")
                .saying("dryRun");
    }

    @Test
    void aPipelineNameMayBePercentEncoded() {
        api.post("/v1/pipelines/%77eb/events", Api.event("a")).hasStatus(202);
    }
}
