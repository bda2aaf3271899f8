package dev.millrace.server.http;

import dev.millrace.connect.lookup.LookupStatus;
import dev.millrace.engine.AdvanceOutcome;
import dev.millrace.engine.AdvanceOutcome.Advanced;
import dev.millrace.engine.AdvanceOutcome.NoEvents;
import dev.millrace.engine.AdvanceOutcome.TooFar;
import dev.millrace.engine.BackfillProgress;
import dev.millrace.engine.Pipeline;
import dev.millrace.engine.PipelineMetrics;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/** How a pipeline is doing: {@code metrics} and {@code advance}. */
final class NumberRoutes {
    private final Pipelines pipelines;
    private final LookupStatuses lookups;
    private final JsonRequest documents;

    NumberRoutes(Pipelines pipelines, LookupStatuses lookups, JsonRequest documents) {
        this.pipelines = pipelines;
        this.lookups = lookups;
        this.documents = documents;
    }

    void addTo(Routes routes) {
        routes.add(Method.GET, Pipelines.PATH + "/metrics", this::metrics)
                .add(Method.POST, Pipelines.PATH + "/advance", this::advance);
    }

    private void metrics(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        PipelineMetrics metrics = pipeline.metrics();
        List<LookupStatus> statuses = lookups.of(pipeline.name());
        Answers.json(
                request,
                response,
                json -> {
                    json.writeNumberProperty("eventsAccepted", metrics.eventsAccepted());
                    json.writeNumberProperty("eventsRejected", metrics.eventsRejected());
                    json.writeNumberProperty("dlqSize", metrics.deadLetters());
                    json.writeNumberProperty("queueDepth", metrics.queueDepth());
                    json.writeNumberProperty("queueLimit", metrics.queueLimit());
                    json.writeNumberProperty("queueBytes", metrics.queueBytes());
                    JsonBody.member(json, "throughputPerSecond", metrics.throughputPerSecond());
                    json.writeNumberProperty("duplicates", metrics.duplicates());
                    JsonBody.member(json, "watermark", orNull(metrics.watermarkMs()));
                    json.writeObjectPropertyStart("latencyMs");
                    JsonBody.member(json, "p50", metrics.latency().p50Ms());
                    JsonBody.member(json, "p99", metrics.latency().p99Ms());
                    JsonBody.member(json, "max", metrics.latency().maxMs());
                    json.writeEndObject();
                    json.writeNumberProperty("dedupeHorizonMs", metrics.dedupeHorizonMs());
                    json.writeNumberProperty("refused", metrics.refused());
                    json.writeNumberProperty("openGroups", metrics.openGroups());
                    json.writeNumberProperty("overflowedGroups", metrics.overflowedGroups());
                    json.writeNumberProperty("openAlerts", metrics.openAlerts());
                    json.writeNumberProperty("commits", metrics.commits());
                    backfill(json, metrics.backfill().orElse(null));
                    json.writeArrayPropertyStart("lookups");
                    statuses.forEach(status -> lookup(json, status));
                    json.writeEndArray();
                    json.writeArrayPropertyStart("sinks");
                    json.writeEndArray();
                });
    }

    private static void backfill(JsonGenerator json, @Nullable BackfillProgress backfill) {
        if (backfill == null) {
            json.writeNullProperty("backfill");
            return;
        }
        json.writeObjectPropertyStart("backfill");
        json.writeNumberProperty("version", backfill.version());
        JsonBody.member(json, "aggregates", backfill.aggregates().stream().sorted().toList());
        json.writeNumberProperty("from", backfill.fromMs());
        json.writeNumberProperty("start", backfill.startOffset());
        json.writeNumberProperty("position", backfill.position());
        json.writeNumberProperty("end", backfill.endOffset());
        JsonBody.member(json, "done", backfill.done());
        json.writeNumberProperty("events", backfill.events());
        JsonBody.member(json, "failure", backfill.failure().orElse(null));
        json.writeEndObject();
    }

    private static void lookup(JsonGenerator json, LookupStatus status) {
        json.writeStartObject();
        json.writeStringProperty("stage", status.stage());
        json.writeStringProperty("state", status.state().name().toLowerCase(Locale.ROOT));
        json.writeNumberProperty("since", status.sinceMs());
        json.writeNumberProperty("waiting", status.waiting());
        JsonBody.member(json, "lastError", status.lastError().orElse(null));
        json.writeNumberProperty("hits", status.hits());
        json.writeNumberProperty("misses", status.misses());
        json.writeEndObject();
    }

    private void advance(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        OptionalLong to = documents.read(request, Set.of("to")).number("to");
        OptionalLong watermark = watermark(pipeline.advance(to));
        Answers.json(
                request, response, json -> JsonBody.member(json, "watermark", orNull(watermark)));
    }

    private static OptionalLong watermark(AdvanceOutcome outcome) {
        return switch (outcome) {
            case Advanced advanced -> OptionalLong.of(advanced.watermarkMs());
            case NoEvents _ -> OptionalLong.empty();
            case TooFar far ->
                    throw Refusal.invalidRequest(
                            "'to' lies further ahead than maxSkew allows; the latest now is %d. Nothing was changed."
                                    .formatted(far.latestMs()));
        };
    }

    private static @Nullable Long orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
