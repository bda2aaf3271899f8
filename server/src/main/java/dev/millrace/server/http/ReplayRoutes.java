package dev.millrace.server.http;

import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.engine.Pipeline;
import dev.millrace.engine.ReplayReport;
import dev.millrace.engine.ReplayRequest;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/** {@code …/dead-letters/replay} and {@code …/dead-letters/replays}. */
final class ReplayRoutes {
    private static final int DEFAULT_LIMIT = 100;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);
    private static final String REPLAYS = LetterRoutes.PATH + "/replays";
    private static final Set<String> MEMBERS =
            Set.of(
                    "ids",
                    "kind",
                    "stage",
                    "fingerprint",
                    "source",
                    "limit",
                    "patch",
                    "dryRun",
                    "ratePerSecond");

    private final Pipelines pipelines;
    private final JsonRequest documents;

    ReplayRoutes(Pipelines pipelines, JsonRequest documents) {
        this.pipelines = pipelines;
        this.documents = documents;
    }

    void addTo(Routes routes) {
        routes.add(Method.POST, LetterRoutes.PATH + "/replay", this::replay)
                .add(Method.GET, REPLAYS, this::list)
                .add(Method.GET, REPLAYS + "/{replay}", this::show)
                .add(Method.DELETE, REPLAYS + "/{replay}", this::stop);
    }

    private void replay(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        JsonRequest.Body body = documents.read(request, MEMBERS);
        ReplayRequest replay =
                new ReplayRequest(ids(body), filter(body), limit(body), patch(body), rate(body));
        ReplayReport report =
                body.flag("dryRun")
                        ? pipeline.dryRun(replay, LONGEST_WAIT)
                        : pipeline.replay(replay, LONGEST_WAIT);
        answer(request, response, report);
    }

    private static List<LetterId> ids(JsonRequest.Body body) {
        List<LetterId> ids = body.texts("ids").stream().map(LetterJson::id).toList();
        if (body.has("ids") && ids.isEmpty()) {
            throw Refusal.invalidRequest(
                    "'ids' names no letter; leave it out to replay those that match a filter.");
        }
        if (ids.size() > ReplayRequest.MAX_IDS) {
            throw Refusal.invalidRequest(
                    "'ids' names %d letters; at most %d are allowed."
                            .formatted(ids.size(), ReplayRequest.MAX_IDS));
        }
        return ids;
    }

    private static LetterFilter filter(JsonRequest.Body body) {
        return LetterFilters.of(body);
    }

    private static int limit(JsonRequest.Body body) {
        long limit = body.number("limit").orElse(DEFAULT_LIMIT);
        if (limit < 1 || limit > ReplayRequest.MAX_LETTERS) {
            throw Refusal.invalidRequest(
                    "'limit' must be 1 to %d, not %d.".formatted(ReplayRequest.MAX_LETTERS, limit));
        }
        return (int) limit;
    }

    private static byte @Nullable [] patch(JsonRequest.Body body) {
        byte[] patch = body.patch("patch");
        if (patch != null && patch.length > ReplayRequest.MAX_PATCH_BYTES) {
            throw Refusal.invalidRequest(
                    "'patch' takes %d bytes; at most %d are allowed."
                            .formatted(patch.length, ReplayRequest.MAX_PATCH_BYTES));
        }
        return patch;
    }

    private static OptionalDouble rate(JsonRequest.Body body) {
        OptionalDouble rate = body.decimal("ratePerSecond");
        if (rate.isPresent() && !(rate.getAsDouble() >= ReplayRequest.MIN_RATE)) {
            throw Refusal.invalidRequest(
                    "'ratePerSecond' must be %s or more, not %s."
                            .formatted(ReplayRequest.MIN_RATE, rate.getAsDouble()));
        }
        return rate;
    }

    private void list(ServerRequest request, ServerResponse response) {
        Query.none(request);
        List<ReplayReport> reports = pipelines.of(request).replays();
        Answers.json(
                request,
                response,
                json -> {
                    json.writeArrayPropertyStart("replays");
                    for (ReplayReport report : reports) {
                        json.writeStartObject();
                        writeProgress(json, report);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    private void show(ServerRequest request, ServerResponse response) {
        Query.none(request);
        String id = idOf(request);
        Pipeline pipeline = pipelines.of(request);
        answer(request, response, pipeline.replay(id).orElseThrow(() -> missing(id)));
    }

    private void stop(ServerRequest request, ServerResponse response) {
        Query.none(request);
        String id = idOf(request);
        Pipeline pipeline = pipelines.of(request);
        answer(request, response, pipeline.stopReplay(id).orElseThrow(() -> missing(id)));
    }

    private static String idOf(ServerRequest request) {
        return request.path().pathParameters().get("replay");
    }

    private static Refusal missing(String id) {
        return new Refusal(
                ProblemType.NOT_FOUND,
                "There is no replay '%s', or it ended long ago.".formatted(id));
    }

    private static void answer(
            ServerRequest request, ServerResponse response, ReplayReport report) {
        Answers.json(
                request,
                response,
                json -> {
                    writeProgress(json, report);
                    json.writeArrayPropertyStart("outcomes");
                    for (ReplayReport.Outcome outcome : report.outcomes()) {
                        json.writeStartObject();
                        json.writeStringProperty("id", outcome.letter());
                        json.writeStringProperty("outcome", outcome.result());
                        json.writeStringProperty("message", outcome.message());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    private static void writeProgress(JsonGenerator json, ReplayReport report) {
        json.writeStringProperty("replay", report.id());
        json.writeNumberProperty("startedAt", report.startedAtMs());
        json.writeBooleanProperty("done", report.done());
        json.writeNumberProperty("replayed", report.replayed());
        json.writeNumberProperty("failed", report.failed());
        json.writeNumberProperty("remaining", report.remaining());
        json.writeBooleanProperty("dryRun", report.dryRun());
        json.writeBooleanProperty("stopped", report.stopped());
        report.held().ifPresent(reason -> json.writeStringProperty("held", reason));
    }
}
