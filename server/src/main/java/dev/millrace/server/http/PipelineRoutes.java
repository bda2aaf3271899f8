package dev.millrace.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.pipeline.Durations;
import dev.millrace.core.pipeline.PlanEntry;
import dev.millrace.core.pipeline.Problem;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.engine.Engine;
import dev.millrace.engine.Pipeline;
import dev.millrace.engine.PutOutcome;
import dev.millrace.engine.PutOutcome.BackfillRefused;
import dev.millrace.engine.PutOutcome.Changed;
import dev.millrace.engine.PutOutcome.Created;
import dev.millrace.engine.PutOutcome.Invalid;
import dev.millrace.engine.PutOutcome.Same;

import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import tools.jackson.core.JsonGenerator;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** {@code /v1/pipelines}: what is defined, putting, rolling back, and dropping. */
final class PipelineRoutes {
    /** Reads JSON too. */
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Engine engine;
    private final Pipelines pipelines;
    private final RequestBody documents;
    private final JsonRequest requests;
    private final BodyMemory memory;

    PipelineRoutes(Engine engine, Pipelines pipelines, RequestBody documents, BodyMemory memory) {
        this.engine = engine;
        this.pipelines = pipelines;
        this.documents = documents;
        this.requests = new JsonRequest(documents, memory);
        this.memory = memory;
    }

    void addTo(Routes routes) {
        routes.add(Method.GET, "/v1/pipelines", this::list)
                .add(Method.GET, Pipelines.PATH, this::show)
                .add(Method.PUT, Pipelines.PATH, this::put)
                .add(Method.DELETE, Pipelines.PATH, this::drop)
                .add(Method.GET, Pipelines.PATH + "/versions", this::versions)
                .add(Method.POST, Pipelines.PATH + "/rollback", this::rollback);
    }

    private void list(ServerRequest request, ServerResponse response) {
        Query.none(request);
        List<Pipeline> all = engine.pipelines();
        Answers.json(
                request,
                response,
                json -> {
                    json.writeArrayPropertyStart("pipelines");
                    for (Pipeline pipeline : all) {
                        json.writeStartObject();
                        json.writeStringProperty("pipeline", pipeline.name());
                        json.writeNumberProperty("version", pipeline.version().version());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    private void show(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        PipelineVersion version = pipeline.version();
        Answers.json(
                request,
                response,
                json -> {
                    json.writeStringProperty("pipeline", pipeline.name());
                    write(json, version);
                });
    }

    private void versions(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        List<PipelineVersion> versions = pipeline.versions();
        Answers.json(
                request,
                response,
                json -> {
                    json.writeStringProperty("pipeline", pipeline.name());
                    json.writeArrayPropertyStart("versions");
                    for (PipelineVersion version : versions) {
                        json.writeStartObject();
                        write(json, version);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    private static void write(JsonGenerator json, PipelineVersion version) {
        json.writeNumberProperty("version", version.version());
        json.writeNumberProperty("createdAt", version.createdAtMs());
        JsonBody.member(json, "definition", YAML.readValue(version.definition(), Object.class));
        json.writeStringProperty("text", version.definition());
    }

    private void put(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, Set.of("dryRun", "backfill"));
        boolean dryRun = query.flag("dryRun");
        Optional<Duration> backfill = backfill(query);
        MediaTypes.requireDefinition(request.headers());
        String name = Pipelines.name(request);
        String definition;
        try (BodyMemory.Share share = memory.share()) {
            definition = text(documents.read(request, share));
        }
        answer(
                request,
                response,
                engine.put(name, definition, SchemaSource.NONE, backfill, dryRun),
                dryRun);
    }

    private void rollback(ServerRequest request, ServerResponse response) {
        Optional<Duration> backfill = backfill(Query.of(request, Set.of("backfill")));
        Pipeline pipeline = pipelines.of(request);
        JsonRequest.Body body = requests.read(request, Set.of("version", "dryRun"));
        long version =
                body.number("version")
                        .orElseThrow(() ->
                                Refusal.invalidRequest(
                                        "'version' must say which version to go back to."));
        PutOutcome outcome =
                engine.rollback(
                                pipeline.name(),
                                Math.clamp(version, 0, Integer.MAX_VALUE),
                                backfill,
                                body.flag("dryRun"))
                        .orElseThrow(() -> noSuchVersion(pipeline, version));
        answer(request, response, outcome, body.flag("dryRun"));
    }

    private static Refusal noSuchVersion(Pipeline pipeline, long version) {
        return new Refusal(
                ProblemType.NO_SUCH_VERSION,
                "Pipeline '%s' never had a version %d; it has had 1 to %d."
                        .formatted(pipeline.name(), version, pipeline.version().version()));
    }

    private static Optional<Duration> backfill(Query query) {
        try {
            Optional<Duration> backfill = query.text("backfill").map(Durations::parse);
            if (query.has("backfill") && !backfill.map(Duration::isPositive).orElse(false)) {
                throw Refusal.invalidRequest(
                        "The parameter 'backfill' must be more than nothing, like 24h.");
            }
            return backfill;
        } catch (IllegalArgumentException wrong) {
            throw Refusal.invalidRequest("The parameter 'backfill' " + wrong.getMessage() + ".");
        }
    }

    private static void answer(
            ServerRequest request, ServerResponse response, PutOutcome outcome, boolean dryRun) {
        switch (outcome) {
            case Created created ->
                    answer(
                            request,
                            response,
                            dryRun ? Status.OK_200 : Status.CREATED_201,
                            created.version(),
                            created.plan());
            case Changed changed ->
                    answer(request, response, Status.OK_200, changed.version(), changed.plan());
            case Same same -> answer(request, response, Status.OK_200, same.version(), same.plan());
            case Invalid invalid -> throw Refusal.invalidPipeline(invalid.problems());
            case BackfillRefused refused ->
                    throw new Refusal(
                            refused.underWay()
                                    ? ProblemType.BACKFILL_RUNNING
                                    : ProblemType.INVALID_REQUEST,
                            refused.detail());
        }
    }

    private static String text(byte[] body) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            throw Refusal.invalidPipeline(
                    List.of(new Problem("", OptionalInt.empty(), "the text is not UTF-8")));
        }
    }

    private static void answer(
            ServerRequest request,
            ServerResponse response,
            Status status,
            int version,
            List<PlanEntry> plan) {
        Answers.json(
                request,
                response,
                status,
                json -> {
                    json.writeStringProperty("pipeline", Pipelines.name(request));
                    json.writeNumberProperty("version", version);
                    json.writeArrayPropertyStart("plan");
                    for (PlanEntry entry : plan) {
                        json.writeStartObject();
                        json.writeStringProperty("stage", entry.stage());
                        json.writeStringProperty(
                                "effect", entry.effect().name().toLowerCase(Locale.ROOT));
                        json.writeStringProperty("detail", entry.detail());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    private void drop(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, Set.of("confirm"));
        String name = pipelines.of(request).name();
        if (!query.text("confirm").equals(Optional.of(name))) {
            throw Refusal.invalidRequest(
                    "This deletes the pipeline '%s' with all its events and rows; if that is meant, add ?confirm=%s."
                            .formatted(name, name));
        }
        engine.drop(name);
        Answers.json(request, response, json -> json.writeStringProperty("deleted", name));
    }
}
