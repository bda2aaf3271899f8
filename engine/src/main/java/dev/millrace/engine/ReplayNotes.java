package dev.millrace.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.MillraceException;
import dev.millrace.core.event.Json;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.port.Note;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.task.LetterOutcome;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The notes of replays, JSON each. Of one replay there are, with {@code ID} for its id:
 *
 * <ul>
 *   <li>{@code replay/asked/ID}: what it was asked for;
 *   <li>{@code replay/ids/ID/N}: the letters that it names, {@link #IDS} a note, N from 000000;
 *   <li>{@code replay/sent/ID}: how far it has sent them off, written with each journal record;
 *   <li>{@code replay/settled/ID}: outcomes, written with the commit that shows them;
 *   <li>{@code replay/outcomes/ID/N}: the first outcomes one by one; N is {@code a} (settled as
 *       they were sent) or {@code b} (by a commit), and how many of that sort stand in notes
 *       before;
 *   <li>{@code replay/stopped/ID}: it takes no more.
 * </ul>
 *
 * <p>What two writers change stands in two notes, as neither waits for the other.
 */
final class ReplayNotes {
    /** Letters named in one note. */
    static final int IDS = 1_000;

    static final String ASKED = "replay/asked/";
    static final String SENT = "replay/sent/";
    static final String SETTLED = "replay/settled/";
    static final String STOPPED = "replay/stopped/";
    private static final Optional<Boolean> NOT_PARKED = Optional.of(false);
    private static final String NAMED = "replay/ids/";
    private static final String OUTCOMES = "replay/outcomes/";

    /** Who settled outcomes. */
    enum Settler {
        SENDING("a"),
        COMMIT("b");

        private final String letter;

        Settler(String letter) {
            this.letter = letter;
        }
    }

    private ReplayNotes() {}

    static Note asked(String id, ReplayAsked asked) {
        Map<String, @Nullable Object> json = new HashMap<>();
        json.put("startedAt", asked.startedAtMs());
        json.put("ids", (long) asked.ids());
        json.put("kind", asked.filter().kind().map(LetterKind::wireName).orElse(null));
        json.put("stage", asked.filter().stage().orElse(null));
        json.put("fingerprint", asked.filter().fingerprint().orElse(null));
        json.put("source", asked.filter().source().orElse(null));
        json.put("limit", (long) asked.limit());
        byte[] patch = asked.patch();
        json.put("patch", patch == null ? null : new String(patch, UTF_8));
        json.put(
                "rate",
                asked.ratePerSecond().isPresent() ? asked.ratePerSecond().getAsDouble() : null);
        json.put("partitions", asked.bounds().partitions());
        json.put("admission", asked.bounds().admission());
        json.put("sinksUpTo", asked.bounds().sinksUpToMs());
        return new Note(ASKED + id, Json.encode(json));
    }

    static ReplayAsked asked(byte[] note) {
        Members json = Members.of(note);
        String patch = json.textOrNull("patch");
        Object rate = json.values().get("rate");
        return new ReplayAsked(
                json.number("startedAt"),
                (int) json.number("ids"),
                new LetterFilter(
                        json.text("kind").map(ReplayNotes::kind),
                        json.text("stage"),
                        json.text("fingerprint"),
                        json.text("source"),
                        NOT_PARKED),
                (int) json.number("limit"),
                patch == null ? null : patch.getBytes(UTF_8),
                rate instanceof Number number
                        ? OptionalDouble.of(number.doubleValue())
                        : OptionalDouble.empty(),
                new ReplayBounds(
                        json.list("partitions").stream().map(Long.class::cast).toList(),
                        json.number("admission"),
                        json.number("sinksUpTo")));
    }

    private static LetterKind kind(String wireName) {
        return Arrays.stream(LetterKind.values())
                .filter(kind -> kind.wireName().equals(wireName))
                .findFirst()
                .orElseThrow(() -> new MillraceException("there is no kind " + wireName));
    }

    /** The letters that a replay names, in as many notes as it takes. */
    static List<Note> ids(String id, List<LetterId> letters) {
        List<Note> notes = new ArrayList<>();
        for (int from = 0; from < letters.size(); from += IDS) {
            List<LetterId> part = letters.subList(from, Math.min(letters.size(), from + IDS));
            notes.add(new Note(idsKey(id, from / IDS), Json.encode(texts(part))));
        }
        return notes;
    }

    /** The letters of one of those notes. */
    static List<LetterId> ids(PipelineStore store, String id, int number) {
        String key = idsKey(id, number);
        byte[] note =
                store.note(key)
                        .orElseThrow(() -> new MillraceException("note " + key + " is gone"));
        return letters(list(note));
    }

    private static String idsKey(String id, int number) {
        return "%s%s/%06d".formatted(NAMED, id, number);
    }

    static Note sent(String id, ReplaySent sent) {
        Map<String, @Nullable Object> json = new HashMap<>(settled(sent.settled()));
        json.put("after", sent.after().map(LetterId::toString).orElse(null));
        json.put("taken", (long) sent.taken());
        json.put("toSinks", (long) sent.toSinks());
        json.put("total", sent.total().isPresent() ? sent.total().getAsLong() : null);
        json.put("complete", sent.complete());
        json.put("pending", texts(sent.pending()));
        return new Note(SENT + id, Json.encode(json));
    }

    static ReplaySent sent(byte[] note) {
        Members json = Members.of(note);
        return new ReplaySent(
                json.text("after").flatMap(LetterId::parse),
                (int) json.number("taken"),
                (int) json.number("toSinks"),
                json.values().get("total") instanceof Long total
                        ? OptionalLong.of(total)
                        : OptionalLong.empty(),
                Boolean.TRUE.equals(json.values().get("complete")),
                letters(json.list("pending")),
                settled(note));
    }

    static Note settled(String id, ReplaySettled settled) {
        return new Note(SETTLED + id, Json.encode(settled(settled)));
    }

    private static Map<String, Object> settled(ReplaySettled settled) {
        return Map.of(
                "replayed",
                settled.replayed(),
                "failed",
                settled.failed(),
                "ofSinks",
                settled.ofSinks(),
                "listed",
                (long) settled.listed());
    }

    static ReplaySettled settled(byte[] note) {
        Members json = Members.of(note);
        return new ReplaySettled(
                json.number("replayed"),
                json.number("failed"),
                json.number("ofSinks"),
                (int) json.number("listed"));
    }

    static Note stopped(String id) {
        return new Note(STOPPED + id, new byte[0]);
    }

    /**
     * @param listed how many stand in notes of that settler before
     */
    static Note outcomes(String id, Settler settler, int listed, List<LetterOutcome> outcomes) {
        List<List<String>> json =
                outcomes.stream()
                        .map(one ->
                                List.of(
                                        one.letter().toString(),
                                        result(one.result()),
                                        one.message()))
                        .toList();
        return new Note(
                "%s%s/%s%06d".formatted(OUTCOMES, id, settler.letter, listed), Json.encode(json));
    }

    /** What replays say of an outcome: a letter that is not there has failed. */
    static String result(LetterOutcome.Result result) {
        return result == LetterOutcome.Result.GONE
                ? "failed"
                : result.name().toLowerCase(Locale.ROOT);
    }

    static List<ReplayReport.Outcome> outcomes(PipelineStore store, String id) {
        List<ReplayReport.Outcome> outcomes = new ArrayList<>();
        store.notes(
                OUTCOMES + id + "/",
                (_, note) -> {
                    for (Object one : list(note)) {
                        List<?> of = (List<?>) one;
                        outcomes.add(
                                new ReplayReport.Outcome(
                                        (String) of.get(0),
                                        (String) of.get(1),
                                        (String) of.get(2)));
                    }
                });
        return outcomes;
    }

    /** What removes all notes of a replay. */
    static List<Note> removed(PipelineStore store, String id) {
        List<Note> notes = new ArrayList<>();
        for (String prefix : List.of(ASKED, SENT, SETTLED, STOPPED)) {
            notes.add(new Note(prefix + id, null));
        }
        for (String prefix : List.of(NAMED, OUTCOMES)) {
            store.notes(prefix + id + "/", (key, _) -> notes.add(new Note(key, null)));
        }
        return notes;
    }

    private static List<?> list(byte[] note) {
        if (Json.decode(note) instanceof List<?> list) {
            return list;
        }
        throw new MillraceException("a note of a replay is broken");
    }

    private static List<String> texts(List<LetterId> letters) {
        return letters.stream().map(LetterId::toString).toList();
    }

    private static List<LetterId> letters(List<?> texts) {
        return texts.stream()
                .map(String.class::cast)
                .map(text -> LetterId.parse(text).orElseThrow())
                .toList();
    }

    /** The members of a JSON object. */
    private record Members(Map<?, ?> values) {
        static Members of(byte[] note) {
            if (Json.decode(note) instanceof Map<?, ?> map) {
                return new Members(map);
            }
            throw new MillraceException("a note of a replay is broken");
        }

        long number(String name) {
            return values.get(name) instanceof Long number ? number : 0;
        }

        Optional<String> text(String name) {
            return Optional.ofNullable(textOrNull(name));
        }

        @Nullable String textOrNull(String name) {
            return (String) values.get(name);
        }

        List<?> list(String name) {
            return values.get(name) instanceof List<?> list ? list : List.of();
        }
    }
}
