package dev.millrace.server.http;

import dev.millrace.engine.SinkStatus;
import dev.millrace.engine.SourceStatus;

import tools.jackson.core.JsonGenerator;

import java.util.Locale;

/** Sinks and sources as the API shows them. */
final class SinkJson {
    private SinkJson() {}

    static void write(JsonGenerator json, SinkStatus sink) {
        json.writeStartObject();
        members(json, sink);
        json.writeEndObject();
    }

    static void members(JsonGenerator json, SinkStatus sink) {
        json.writeStringProperty("name", sink.name());
        json.writeStringProperty("kind", sink.kind());
        json.writeStringProperty("state", sink.state().name().toLowerCase(Locale.ROOT));
        JsonBody.member(json, "pending", sink.pending().orElse(null));
        json.writeStringProperty(
                "breaker", sink.breaker().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        json.writeNumberProperty("lag", sink.lagItems());
        json.writeNumberProperty("bytes", sink.lagBytes());
        json.writeNumberProperty("lagMs", sink.lagMs());
        json.writeNumberProperty("budget", sink.budgetBytes());
        json.writeNumberProperty("delivered", sink.delivered());
        JsonBody.member(json, "perSecond", sink.perSecond());
        json.writeNumberProperty("retries", sink.retries());
        json.writeNumberProperty("refused", sink.refused());
        JsonBody.member(json, "lastError", sink.lastError().orElse(null));
        json.writeNumberProperty("batch", sink.batchItems());
        json.writeNumberProperty("cursor", sink.cursor());
        json.writeNumberProperty("end", sink.end());
        json.writeNumberProperty("keptFrom", sink.keptFrom());
    }

    static void write(JsonGenerator json, SourceStatus source) {
        json.writeStartObject();
        json.writeStringProperty("name", source.name());
        json.writeStringProperty("kind", source.kind());
        json.writeBooleanProperty("running", source.isRunning());
        json.writeNumberProperty("messages", source.messages());
        JsonBody.member(json, "lastError", source.lastError().orElse(null));
        json.writeEndObject();
    }
}
