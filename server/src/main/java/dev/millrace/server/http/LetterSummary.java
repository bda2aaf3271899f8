package dev.millrace.server.http;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.engine.LetterFilter;
import dev.millrace.engine.LetterPage;
import dev.millrace.engine.Pipeline;

import tools.jackson.core.JsonGenerator;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Counts dead letters by cause. For one request. */
final class LetterSummary {
    /** Letters that one summary looks at; past them it says that it is not complete. */
    static final int MAX_LETTERS = 50_000;

    private static final int PAGE = 1_000;

    /** The letters of one fingerprint; the newest stands for all. */
    private record Cause(DeadLetter newest, long firstFailedAtMs, long count) {
        Cause and(DeadLetter letter) {
            return new Cause(
                    letter.lastFailedAtMs() >= newest.lastFailedAtMs() ? letter : newest,
                    Math.min(firstFailedAtMs, letter.firstFailedAtMs()),
                    count + 1);
        }
    }

    private final Map<String, Cause> causes = new LinkedHashMap<>();
    private long counted;
    private boolean complete = true;

    void count(Pipeline pipeline, LetterFilter filter) {
        Optional<LetterId> after = Optional.empty();
        do {
            LetterPage page = pipeline.letters(filter, after, PAGE);
            page.letters().forEach(this::add);
            after = page.next();
        } while (after.isPresent() && counted < MAX_LETTERS);
        complete = after.isEmpty();
    }

    private void add(DeadLetter letter) {
        counted++;
        causes.compute(
                letter.fingerprint(),
                (_, cause) ->
                        cause == null
                                ? new Cause(letter, letter.firstFailedAtMs(), 1)
                                : cause.and(letter));
    }

    /** The members of the answer, the most frequent cause first. */
    void write(JsonGenerator json) {
        json.writeArrayPropertyStart("summary");
        causes.entrySet().stream()
                .sorted(
                        Map.Entry.comparingByValue(
                                Comparator.comparingLong(Cause::count).reversed()))
                .forEach(entry -> write(json, entry.getKey(), entry.getValue()));
        json.writeEndArray();
        json.writeNumberProperty("counted", counted);
        json.writeBooleanProperty("complete", complete);
    }

    private static void write(JsonGenerator json, String fingerprint, Cause cause) {
        DeadLetter letter = cause.newest();
        json.writeStartObject();
        json.writeStringProperty("fingerprint", fingerprint);
        json.writeNumberProperty("count", cause.count());
        json.writeStringProperty("kind", letter.kind().wireName());
        JsonBody.member(json, "stage", letter.stage().isEmpty() ? null : letter.stage());
        json.writeStringProperty("code", letter.code());
        json.writeStringProperty("message", letter.message());
        json.writeNumberProperty("firstFailedAt", cause.firstFailedAtMs());
        json.writeNumberProperty("lastFailedAt", letter.lastFailedAtMs());
        json.writeEndObject();
    }
}
