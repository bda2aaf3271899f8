package dev.millrace.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Json;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.engine.LetterFilter;

import tools.jackson.core.JsonGenerator;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Dead letters, their ids and filters as the API writes them. */
final class LetterJson {
    /** A kind of the API of which there can be no letters yet. */
    static final String SINK = "sink";

    private LetterJson() {}

    /** The members of a letter. What is no JSON has {@code raw}, base64, for {@code event}. */
    static void write(JsonGenerator json, DeadLetter letter) {
        json.writeStringProperty("id", letter.id().toString());
        json.writeStringProperty("kind", letter.kind().wireName());
        JsonBody.member(json, "stage", letter.stage().isEmpty() ? null : letter.stage());
        json.writeStringProperty("code", letter.code());
        json.writeStringProperty("message", letter.message());
        json.writeNumberProperty("attempts", letter.attempts());
        json.writeNumberProperty("firstFailedAt", letter.firstFailedAtMs());
        json.writeNumberProperty("lastFailedAt", letter.lastFailedAtMs());
        json.writeStringProperty("fingerprint", letter.fingerprint());
        json.writeNumberProperty("pipelineVersion", letter.pipelineVersion());
        json.writeBooleanProperty("parked", letter.parked());
        byte[] event = letter.event();
        if (isJson(event)) {
            json.writeName("event");
            json.writeRawValue(new String(event, UTF_8));
        } else {
            json.writeName("raw");
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

    /**
     * Reads a filter; empty if no letter of this version can match.
     *
     * @throws Refusal if there is no such kind
     */
    static Optional<LetterFilter> filter(
            Optional<String> kind, Optional<String> stage, Optional<String> fingerprint) {
        if (kind.isPresent() && kind.get().equals(SINK)) {
            return Optional.empty();
        }
        return Optional.of(new LetterFilter(kind.map(LetterJson::kind), stage, fingerprint));
    }

    private static LetterKind kind(String name) {
        return Arrays.stream(LetterKind.values())
                .filter(kind -> kind.wireName().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        Refusal.invalidRequest(
                                "There is no kind '%s'; allowed: %s, %s."
                                        .formatted(
                                                name,
                                                Arrays.stream(LetterKind.values())
                                                        .map(LetterKind::wireName)
                                                        .collect(Collectors.joining(", ")),
                                                SINK)));
    }
}
