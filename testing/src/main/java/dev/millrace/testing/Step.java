package dev.millrace.testing;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** One thing that happens to a pipeline in a test, in the order in which a host would log it. */
public sealed interface Step {
    static Sent event(String id, long timestampMs) {
        return new Sent(id, "site", "view", timestampMs, Times.RECEIVED, Map.of());
    }

    /** One body of old events, loaded beside the live ones. */
    static History history(List<Sent> body) {
        return new History(body);
    }

    static Tick tick(long toMs) {
        return new Tick(toMs);
    }

    static Advance advance(long toMs) {
        return new Advance(toMs);
    }

    /** The pipeline's next version. */
    static Change change(String definition) {
        return new Change(definition, OptionalLong.empty());
    }

    /** The same, with new and changed aggregates backfilled from a time on. */
    static Change change(String definition, long backfillFromMs) {
        return new Change(definition, OptionalLong.of(backfillFromMs));
    }

    static Replay replay(String name, LetterRef... letters) {
        return new Replay(name, Times.RECEIVED, List.of(letters), null);
    }

    static Discard discard(String name, LetterRef... letters) {
        return new Discard(name, List.of(letters));
    }

    /** Names the dead letter of one stage for one event. */
    static LetterRef letter(String eventId, String stage) {
        return new LetterRef(eventId, stage);
    }

    /**
     * An event as a producer sends it. Events that follow one another and were received at one
     * instant come in one body where a mode batches.
     *
     * @param data plain values by field
     */
    record Sent(
            String id,
            String source,
            String type,
            long timestampMs,
            long receivedAtMs,
            Map<String, @Nullable Object> data)
            implements Step {
        public Sent {
            data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
        }

        public Sent with(String field, @Nullable Object value) {
            Map<String, @Nullable Object> more = new LinkedHashMap<>(data);
            more.put(field, value);
            return new Sent(id, source, type, timestampMs, receivedAtMs, more);
        }

        public Sent from(String otherSource) {
            return new Sent(id, otherSource, type, timestampMs, receivedAtMs, data);
        }

        public Sent receivedAt(long atMs) {
            return new Sent(id, source, type, timestampMs, atMs, data);
        }

        String json() {
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("id", id);
            event.put("type", type);
            event.put("source", source);
            event.put("timestamp", timestampMs);
            event.put("data", data);
            return JsonText.of(event);
        }
    }

    record History(List<Sent> body) implements Step {
        public History {
            body = List.copyOf(body);
        }
    }

    /** To all partitions. */
    record Tick(long toMs) implements Step {}

    record Advance(long toMs) implements Step {}

    record Change(String definition, OptionalLong backfillFromMs) implements Step {}

    /**
     * Letters to be tried again.
     *
     * @param patch a JSON merge patch; null for none
     */
    record Replay(String name, long receivedAtMs, List<LetterRef> letters, @Nullable String patch)
            implements Step {
        /** The same, with a patch. */
        public Replay patching(String json) {
            return new Replay(name, receivedAtMs, letters, json);
        }
    }

    record Discard(String name, List<LetterRef> letters) implements Step {}

    /**
     * The letter that an event had when a step that names it was logged; where there was none, an
     * id that no letter has.
     *
     * @param stage the stage or aggregate at which the letter stands
     */
    record LetterRef(String eventId, String stage) {}
}
