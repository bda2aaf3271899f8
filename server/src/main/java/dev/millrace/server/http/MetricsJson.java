package dev.millrace.server.http;

import dev.millrace.connect.lookup.LookupStatus;
import dev.millrace.engine.BackfillProgress;
import dev.millrace.engine.Pipeline;
import dev.millrace.engine.PipelineMetrics;
import dev.millrace.engine.StageStatus;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;

import java.util.Locale;
import java.util.OptionalLong;

/** How a pipeline is doing, as the API and the live stream show it. */
final class MetricsJson {
    private final LookupStatuses lookups;

    MetricsJson(LookupStatuses lookups) {
        this.lookups = lookups;
    }

    void members(JsonGenerator json, Pipeline pipeline) {
        PipelineMetrics metrics = pipeline.metrics();
        long nowMs = System.currentTimeMillis();
        json.writeNumberProperty("at", nowMs);
        json.writeNumberProperty("eventsAccepted", metrics.eventsAccepted());
        json.writeNumberProperty("eventsRejected", metrics.eventsRejected());
        json.writeNumberProperty("dlqSize", metrics.deadLetters());
        json.writeNumberProperty("queueDepth", metrics.queueDepth());
        json.writeNumberProperty("queueLimit", metrics.queueLimit());
        json.writeNumberProperty("queueBytes", metrics.queueBytes());
        JsonBody.member(json, "throughputPerSecond", metrics.throughputPerSecond());
        json.writeNumberProperty("duplicates", metrics.duplicates());
        JsonBody.member(json, "watermark", orNull(metrics.watermarkMs()));
        JsonBody.member(
                json,
                "watermarkLagMs",
                metrics.watermarkMs().isPresent()
                        ? (Long) (nowMs - metrics.watermarkMs().getAsLong())
                        : null);
        json.writeObjectPropertyStart("latencyMs");
        JsonBody.member(json, "p50", metrics.latency().p50Ms());
        JsonBody.member(json, "p99", metrics.latency().p99Ms());
        JsonBody.member(json, "max", metrics.latency().maxMs());
        json.writeEndObject();
        json.writeNumberProperty("dedupeHorizonMs", metrics.dedupeHorizonMs());
        json.writeNumberProperty("refused", metrics.refused());
        JsonBody.member(json, "refusedPerSecond", metrics.refusedPerSecond());
        json.writeBooleanProperty("balanced", pipeline.ledger().balanced());
        json.writeNumberProperty("openGroups", metrics.openGroups());
        json.writeNumberProperty("overflowedGroups", metrics.overflowedGroups());
        json.writeNumberProperty("openAlerts", metrics.openAlerts());
        json.writeNumberProperty("commits", metrics.commits());
        backfill(json, metrics.backfill().orElse(null));
        json.writeArrayPropertyStart("stages");
        metrics.stages().forEach(stage -> stage(json, stage));
        json.writeEndArray();
        json.writeArrayPropertyStart("lookups");
        lookups.of(pipeline.name()).forEach(status -> lookup(json, status));
        json.writeEndArray();
        json.writeArrayPropertyStart("sinks");
        pipeline.sinks().forEach(sink -> SinkJson.write(json, sink));
        json.writeEndArray();
    }

    private static void stage(JsonGenerator json, StageStatus stage) {
        json.writeStartObject();
        json.writeStringProperty("stage", stage.stage());
        json.writeStringProperty("kind", stage.kind());
        json.writeNumberProperty("in", stage.count().in());
        json.writeNumberProperty("out", stage.count().out());
        json.writeNumberProperty("filtered", stage.count().filtered());
        json.writeNumberProperty("failed", stage.count().failed());
        json.writeNumberProperty("inPerSecond", stage.perSecond().in());
        json.writeNumberProperty("outPerSecond", stage.perSecond().out());
        json.writeNumberProperty("filteredPerSecond", stage.perSecond().filtered());
        json.writeNumberProperty("failedPerSecond", stage.perSecond().failed());
        JsonBody.member(
                json,
                "nanosPerEvent",
                stage.nanosPerEvent().isPresent()
                        ? (Double) stage.nanosPerEvent().getAsDouble()
                        : null);
        json.writeEndObject();
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

    private static @Nullable Long orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
