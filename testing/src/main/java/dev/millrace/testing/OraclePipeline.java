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
     * @param where may throw {@link Failure}
     * @param by fields of {@code data}
     */
    public record Aggregate(
            String name,
            long windowMs,
            Predicate<Event> where,
            List<String> by,
            List<Value> values,
            long latenessMs,
            boolean correctsLate,
            long keepMs)
            implements Stage {}

    /**
     * @param field of {@code data}; unused by a count
     */
    public record Value(Function function, String field) {}

    /** What a value tells. */
    public enum Function {
        COUNT,
        SUM,
        AVG,
        MIN,
        MAX
    }

    /** Something that happens to a partition. */
    public sealed interface Input {}

    /** Nothing older is expected any more: a tick, or an advance. */
    public record Watermark(long toMs) implements Input {}

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

        /** The same with one field set, or removed by null. */
        public Event with(String field, @Nullable Object value) {
            Map<String, @Nullable Object> changed = new LinkedHashMap<>(data);
            if (value == null) {
                changed.remove(field);
            } else {
                changed.put(field, value);
            }
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
