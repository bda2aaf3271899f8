package dev.millrace.testing;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What a pipeline means, in plain Java: the text that the {@link Oracle} works from.
 *
 * @param dedupeMs 0: nothing is a duplicate
 * @param dedupeLimit ids that one partition remembers
 */
public record OraclePipeline(
        long outOfOrderMs, long dedupeMs, int dedupeLimit, List<Stage> stages) {
    public OraclePipeline {
        stages = List.copyOf(stages);
    }

    /** The same, but that each partition remembers its share of the ids. */
    OraclePipeline spreadOver(int partitions) {
        return new OraclePipeline(outOfOrderMs, dedupeMs, dedupeLimit / partitions, stages);
    }

    /** One step. */
    public sealed interface Stage {
        String name();
    }

    /**
     * @param lets may throw {@link Failure}
     */
    public record Filter(String name, Predicate<Event> lets) implements Stage {}

    /**
     * @param change may throw {@link Failure}
     */
    public record Transform(String name, UnaryOperator<Event> change) implements Stage {}

    /**
     * @param field its list
     */
    public record Explode(String name, String field) implements Stage {}

    /**
     * @param where may throw {@link Failure}
     */
    public record Aggregate(
            String name,
            OracleWindow window,
            Predicate<Event> where,
            List<String> by,
            List<Value> values,
            long latenessMs,
            boolean correctsLate,
            long keepMs)
            implements Stage {
        /** Whether it goes on with the rows of another. */
        boolean countsLike(Aggregate other) {
            return name.equals(other.name)
                    && window.equals(other.window)
                    && by.equals(other.by)
                    && values.equals(other.values);
        }
    }

    /** What an aggregate keeps. Fields as a definition writes them. */
    public sealed interface Value {
        record Count() implements Value {}

        record Sum(String field) implements Value {}

        record Avg(String field) implements Value {}

        record Min(String field) implements Value {}

        record Max(String field) implements Value {}

        record Distinct(String field) implements Value {}

        record Quantile(String field, double q) implements Value {}

        record Top(String field, int k) implements Value {}
    }

    /** Something that happens to a partition. */
    public sealed interface Input {}

    /** Nothing older is expected any more: a tick, or an advance. */
    public record Watermark(long toMs) implements Input {}

    /** An old event, loaded beside the live ones: never late, and moves no watermark. */
    public record History(Event event) implements Input {}

    /** From here on another version of the pipeline applies. */
    public record Change(OraclePipeline next) implements Input {}

    /**
     * Letters are tried again.
     *
     * @param letters by the numbers under which the partition wrote them, from 0
     * @param patch fields of {@code data} that are set before, or removed by null
     */
    public record Replay(List<Long> letters, Map<String, @Nullable Object> patch) implements Input {
        public Replay {
            patch = Collections.unmodifiableMap(new LinkedHashMap<>(patch));
        }
    }

    /**
     * Letters are deleted.
     *
     * @param letters as of a {@link Replay}
     */
    public record Discard(List<Long> letters) implements Input {}

    /** An event. */
    public record Event(
            String id,
            String source,
            long timestampMs,
            long receivedAtMs,
            Map<String, @Nullable Object> data)
            implements Input {
        public Event {
            data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
        }

        /**
         * @param path {@code source}, or a field of {@code data} like {@code data.item.sku}
         * @return null for nothing
         */
        public @Nullable Object at(String path) {
            if (path.equals("source")) {
                return source;
            }
            Object found = data;
            for (String name : path.substring("data.".length()).split("\\.")) {
                found = found instanceof Map<?, ?> map ? map.get(name) : null;
            }
            return found;
        }

        /** The same with one field of {@code data} set, or removed by null. */
        public Event with(String field, @Nullable Object value) {
            Map<String, @Nullable Object> changed = new LinkedHashMap<>(data);
            if (value == null) {
                changed.remove(field);
            } else {
                changed.put(field, value);
            }
            return new Event(id, source, timestampMs, receivedAtMs, changed);
        }

        /** The same as an element of a list that was exploded; an element may be null. */
        Event withItem(@Nullable Object item, long index) {
            Map<String, @Nullable Object> changed = new LinkedHashMap<>(data);
            changed.put("item", item);
            changed.put("item_index", index);
            return new Event(id, source, timestampMs, receivedAtMs, changed);
        }
    }

    /** A stage that cannot process an event. */
    public static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String code;

        public Failure(String code) {
            super(code);
            this.code = code;
        }

        public String code() {
            return code;
        }
    }
}
