package dev.millrace.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Json;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterCause;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterSummary;
import dev.millrace.core.letter.RecentFailures;
import dev.millrace.engine.SourceShare;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;

import java.util.Arrays;
import java.util.List;

/** Dead letters, their ids and their sums as the API writes them. */
final class LetterJson {
    private LetterJson() {}

    /** The members of a letter. What is no JSON has {@code raw}, base64, for {@code event}. */
    static void write(JsonGenerator json, DeadLetter letter) {
        json.writeStringProperty("id", letter.id().toString());
        json.writeStringProperty("kind", letter.kind().wireName());
        JsonBody.member(json, "stage", orNull(letter.stage()));
        json.writeStringProperty("code", letter.code());
        json.writeStringProperty("message", letter.message());
        json.writeNumberProperty("attempts", letter.attempts());
        json.writeNumberProperty("firstFailedAt", letter.firstFailedAtMs());
        json.writeNumberProperty("lastFailedAt", letter.lastFailedAtMs());
        json.writeStringProperty("fingerprint", letter.fingerprint());
        json.writeNumberProperty("pipelineVersion", letter.pipelineVersion());
        json.writeBooleanProperty("parked", letter.parked());
        JsonBody.member(json, "source", orNull(letter.source()));
        event(json, letter.event(), "event", "raw");
    }

    /**
     * The members of a letter that is shown alone: besides, the event as it came in where that is
     * another than the one that failed, and the place in the journal where it was accepted.
     */
    static void writeWhole(JsonGenerator json, DeadLetter letter) {
        write(json, letter);
        if (!Arrays.equals(letter.original(), letter.event())) {
            event(json, letter.original(), "original", "originalRaw");
        }
        long offset = letter.origin().offset();
        JsonBody.member(json, "journalOffset", offset < 0 ? null : offset);
    }

    private static void event(JsonGenerator json, byte[] event, String name, String rawName) {
        if (isJson(event)) {
            json.writeName(name);
            json.writeRawValue(new String(event, UTF_8));
        } else {
            json.writeName(rawName);
            json.writeBinary(event);
        }
    }

    private static boolean isJson(byte[] bytes) {
        try {
            Json.decode(bytes);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The members of a summary. */
    static void write(JsonGenerator json, LetterSummary summary, List<SourceShare> sources) {
        long nowMs = System.currentTimeMillis();
        json.writeNumberProperty("recentFrom", RecentFailures.fromMs(nowMs));
        json.writeArrayPropertyStart("summary");
        summary.causes().forEach(cause -> write(json, cause, nowMs));
        json.writeEndArray();
        json.writeNumberProperty("counted", summary.letters());
        json.writeBooleanProperty("complete", summary.complete());
        json.writeArrayPropertyStart("sources");
        sources.forEach(source -> write(json, source));
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, LetterCause cause, long nowMs) {
        json.writeStartObject();
        json.writeStringProperty("fingerprint", cause.fingerprint());
        json.writeNumberProperty("count", cause.letters());
        json.writeNumberProperty("parked", cause.parked());
        json.writeStringProperty("kind", cause.kind().wireName());
        JsonBody.member(json, "stage", orNull(cause.stage()));
        json.writeStringProperty("code", cause.code());
        json.writeStringProperty("message", cause.message());
        json.writeNumberProperty("firstFailedAt", cause.firstFailedAtMs());
        json.writeNumberProperty("lastFailedAt", cause.lastFailedAtMs());
        json.writeStringProperty("newest", cause.newest().toString());
        json.writeArrayPropertyStart("recent");
        for (int letters : cause.recent().upTo(nowMs)) {
            json.writeNumber(letters);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, SourceShare source) {
        json.writeStartObject();
        json.writeStringProperty("source", source.waiting().source());
        json.writeNumberProperty("letters", source.waiting().letters());
        json.writeNumberProperty("bytes", source.waiting().bytes());
        json.writeNumberProperty("budgetUsed", source.share());
        json.writeEndObject();
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /**
     * Reads an id.
     *
     * @throws Refusal if it is none
     */
    static LetterId id(String text) {
        return LetterId.parse(text)
                .orElseThrow(
                        () -> Refusal.invalidRequest("'" + text + "' is no id of a dead letter."));
    }
}
