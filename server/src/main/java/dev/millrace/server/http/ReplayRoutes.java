package dev.millrace.server.http;

import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.engine.Pipeline;
import dev.millrace.engine.ReplayReport;
import dev.millrace.engine.ReplayRequest;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** {@code …/dead-letters/replay} and {@code …/dead-letters/replays/{id}}. */
final class ReplayRoutes {
    private static final int DEFAULT_LIMIT = 100;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);
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
                .add(Method.GET, LetterRoutes.PATH + "/replays/{replay}", this::show);
    }

    private void replay(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        JsonRequest.Body body = documents.read(request, MEMBERS);
        refuseWhatIsNotThereYet(body);
        List<LetterId> ids = body.texts("ids").stream().map(LetterJson::id).toList();
        if (body.has("ids") && ids.isEmpty()) {
            throw Refusal.invalidRequest(
                    "'ids' names no letter; leave it out to replay those that match a filter.");
        }
        ids.forEach(
                id -> pipeline.letter(id).ifPresent(letter -> requireReplayable(letter.kind())));
        ReplayReport report =
                pipeline.replay(new ReplayRequest(ids, filter(body), limit(body)), LONGEST_WAIT);
        answer(request, response, report);
    }

    private static void refuseWhatIsNotThereYet(JsonRequest.Body body) {
        for (String later : List.of("patch", "ratePerSecond")) {
            if (body.has(later)) {
                throw new Refusal(
                        ProblemType.UNSUPPORTED,
                        "'" + later + "' is not available in this version; nothing was replayed.");
            }
        }
        if (body.flag("dryRun")) {
            throw new Refusal(
                    ProblemType.UNSUPPORTED,
                    "'dryRun' is not available in this version; nothing was replayed.");
        }
    }

    /** Where no kind is asked for, those that can be replayed are meant. */
    private static LetterFilter filter(JsonRequest.Body body) {
        LetterFilter filter =
                LetterFilters.of(body).orElseThrow(() -> notReplayable(LetterFilters.SINK));
        filter.kind().ifPresent(ReplayRoutes::requireReplayable);
        return filter;
    }

    private static void requireReplayable(LetterKind kind) {
        if (kind != LetterKind.STAGE && kind != LetterKind.LATE) {
            throw notReplayable(kind.wireName());
        }
    }

    private static Refusal notReplayable(String kind) {
        return new Refusal(
                ProblemType.UNSUPPORTED,
                "Letters of kind '%s' cannot be replayed in this version, those of kinds 'stage' and 'late' can; nothing was replayed."
                        .formatted(kind));
    }

    private static int limit(JsonRequest.Body body) {
        long limit = body.number("limit").orElse(DEFAULT_LIMIT);
        if (limit < 1 || limit > ReplayRequest.MAX_LETTERS) {
            throw Refusal.invalidRequest(
                    "'limit' must be 1 to %d, not %d.".formatted(ReplayRequest.MAX_LETTERS, limit));
        }
        return (int) limit;
    }

    private void show(ServerRequest request, ServerResponse response) {
        Query.none(request);
        String id = request.path().pathParameters().get("replay");
        ReplayReport report =
                pipelines
                        .of(request)
                        .replay(id)
                        .orElseThrow(() ->
                                new Refusal(
                                        ProblemType.NOT_FOUND,
                                        "There is no replay '%s', or it ended long ago."
                                                .formatted(id)));
        answer(request, response, report);
    }

    private static void answer(
            ServerRequest request, ServerResponse response, ReplayReport report) {
        Answers.json(
                request,
                response,
                json -> {
                    json.writeStringProperty("replay", report.id());
                    json.writeBooleanProperty("done", report.done());
                    json.writeNumberProperty("replayed", report.replayed());
                    json.writeNumberProperty("failed", report.failed());
                    json.writeNumberProperty("remaining", report.remaining());
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
}
