package dev.millrace.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.pipeline.PlanEntry;
import dev.millrace.core.pipeline.Problem;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.engine.Engine;
import dev.millrace.engine.Pipeline;
import dev.millrace.engine.PutOutcome;
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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** {@code /v1/pipelines}: what is defined, putting, and dropping. */
final class PipelineRoutes {
    /** Reads JSON too. */
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Engine engine;
    private final Pipelines pipelines;
    private final RequestBody documents;
    private final BodyMemory memory;

    PipelineRoutes(Engine engine, Pipelines pipelines, RequestBody documents, BodyMemory memory) {
        this.engine = engine;
        this.pipelines = pipelines;
        this.documents = documents;
        this.memory = memory;
    }

    void addTo(Routes routes) {
        routes.add(Method.GET, "/v1/pipelines", this::list)
                .add(Method.GET, Pipelines.PATH, this::show)
                .add(Method.PUT, Pipelines.PATH, this::put)
                .add(Method.DELETE, Pipelines.PATH, this::drop)
                .add(Method.GET, Pipelines.PATH + "/versions", this::versions);
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
        boolean dryRun = Query.of(request, Set.of("dryRun")).flag("dryRun");
        MediaTypes.requireDefinition(request.headers());
        String name = Pipelines.name(request);
        String definition;
        try (BodyMemory.Share share = memory.share()) {
            definition = text(documents.read(request, share));
        }
        PutOutcome outcome = engine.put(name, definition, dryRun);
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
