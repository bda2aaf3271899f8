package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;
import dev.millrace.core.expression.Expression;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One step of a pipeline. Stages run in order, each on what the one before let through. */
public sealed interface Stage {
    /** Unique in the pipeline. State, dead letters and metrics of the stage go by it. */
    String name();

    /** Every field that the stage reads or writes. */
    Set<FieldPath> paths();

    /** What kind of stage it is, as it is written in a definition. */
    String kind();

    /** Lets events through for which the predicate is true. */
    record Filter(String name, Expression predicate) implements Stage {
        public Filter {
            checkName(name);
        }

        @Override
        public Set<FieldPath> paths() {
            return Set.copyOf(predicate.paths());
        }

        @Override
        public String kind() {
            return "filter";
        }
    }

    /**
     * Writes fields inside {@code data}. Every expression sees the event as it came into the stage,
     * so the order of assignments does not matter, and no target may contain another.
     */
    record Transform(String name, List<Assignment> assignments) implements Stage {
        public Transform {
            checkName(name);
            assignments = Limits.checkSize("assignments", assignments, Limits.ASSIGNMENTS_MAX);
            if (assignments.isEmpty()) {
                throw new IllegalArgumentException("a transform needs an assignment");
            }
            for (int i = 0; i < assignments.size(); i++) {
                for (int j = 0; j < i; j++) {
                    FieldPath one = assignments.get(i).target();
                    FieldPath other = assignments.get(j).target();
                    if (Assignment.overlap(one, other)) {
                        throw new IllegalArgumentException(
                                "both %s and %s are assigned".formatted(other, one));
                    }
                }
            }
        }

        @Override
        public Set<FieldPath> paths() {
            Set<FieldPath> paths = new HashSet<>();
            for (Assignment assignment : assignments) {
                paths.add(assignment.target());
                paths.addAll(assignment.value().paths());
            }
            return Set.copyOf(paths);
        }

        @Override
        public String kind() {
            return "transform";
        }
    }

    /**
     * Keeps numbers per window and group, and lets every event through.
     *
     * @param where the events that are counted; absent: all
     * @param by the fields that make the group, in the order in which they are stored; may be empty
     * @param values in the order in which they are stored; at least one
     * @param lateness how far the watermark may be past the end of an event's last window before
     *     the event is late
     * @param keep how far the watermark may be past a row before the row goes. At least the span of
     *     the window plus {@code lateness}: an event that is not late yet must find its row.
     * @param maxGroups groups per window; events of further ones are counted under {@code
     *     __other__}
     */
    record Aggregate(
            String name,
            Window window,
            Optional<Expression> where,
            List<FieldPath> by,
            List<Value> values,
            Duration lateness,
            LatePolicy late,
            Duration keep,
            int maxGroups)
            implements Stage {
        public Aggregate {
            checkName(name);
            by = Limits.checkSize("fields in by", by, Limits.BY_MAX);
            values = Limits.checkSize("values", values, Limits.VALUES_MAX);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("an aggregate needs a value");
            }
            by.forEach(Limits::checkPlain);
            if (Set.copyOf(by).size() < by.size()) {
                throw new IllegalArgumentException("a field is twice in by: " + by);
            }
            if (values.stream().map(Value::name).distinct().count() < values.size()) {
                throw new IllegalArgumentException("two values have one name: " + values);
            }
            Limits.DURATION.check("lateness", lateness);
            Limits.DURATION.check("keep", keep);
            if (keep.compareTo(leastKeep(window, lateness)) < 0) {
                throw new IllegalArgumentException(
                        "keep must be at least window and lateness together, is "
                                + Durations.format(keep));
            }
            Limits.MAX_GROUPS.check("maxGroups", maxGroups);
        }

        /** The shortest {@code keep} under which every event that is not late finds its row. */
        static Duration leastKeep(Window window, Duration lateness) {
            return window.span().plus(lateness);
        }

        /**
         * Whether this aggregate can go on with the rows and accumulators of {@code other}: both
         * cut time, group and count alike. Everything else may change under living state.
         */
        public boolean sharesStateWith(Aggregate other) {
            return name.equals(other.name)
                    && window.equals(other.window)
                    && by.equals(other.by)
                    && values.equals(other.values);
        }

        @Override
        public Set<FieldPath> paths() {
            Set<FieldPath> paths = new HashSet<>(by);
            where.ifPresent(expression -> paths.addAll(expression.paths()));
            values.forEach(value -> value.path().ifPresent(paths::add));
            return Set.copyOf(paths);
        }

        @Override
        public String kind() {
            return "aggregate";
        }
    }

    /**
     * Makes one event of every element of a list: the element at {@code data.item}, its index at
     * {@code data.item_index}, the list itself gone.
     *
     * @param list inside {@code data}
     */
    record Explode(String name, FieldPath list) implements Stage {
        /** Where the element goes. */
        public static final FieldPath ITEM = FieldPath.parse("data.item");

        /**
         * Events that one event becomes at most, by all its explosions together: two of them over
         * lists side by side would make as many as the product of their lengths.
         */
        public static final int EVENTS_MAX = 10_000;

        /** Where its index goes, from 0. */
        public static final FieldPath INDEX = FieldPath.parse("data.item_index");

        public Explode {
            checkName(name);
            if (!Assignment.isAssignable(list)) {
                throw new IllegalArgumentException("a list is exploded inside data, not " + list);
            }
        }

        @Override
        public Set<FieldPath> paths() {
            return Set.of(list, ITEM, INDEX);
        }

        @Override
        public String kind() {
            return "explode";
        }
    }

    /**
     * Looks something up by the value of a field, and puts it into the event.
     *
     * @param match the field whose value is looked up
     * @param into inside {@code data}; gets an object, or what the source has in its place
     * @param timeout of one attempt; of no meaning for tables
     * @param cache of no meaning for tables
     * @param retry of no meaning for tables
     */
    record Enrich(
            String name,
            LookupSource source,
            FieldPath match,
            FieldPath into,
            OnMissing onMissing,
            Duration timeout,
            Cache cache,
            Retry retry)
            implements Stage {
        public Enrich {
            checkName(name);
            Limits.checkPlain(match);
            if (!Assignment.isAssignable(into)) {
                throw new IllegalArgumentException("enrich writes inside data, not to " + into);
            }
            Limits.LOOKUP_TIMEOUT.check("timeout", timeout);
        }

        /** What becomes of an event for which nothing is found. */
        public enum OnMissing {
            PASS,
            DEAD_LETTER
        }

        /**
         * Answers that are remembered, those of nothing too.
         *
         * @param entries 0: none
         * @param age since an answer came in
         */
        public record Cache(int entries, Duration age) {
            public Cache {
                Limits.CACHE_ENTRIES.check("cache size", entries);
                Limits.DURATION.check("cache age", age);
            }
        }

        @Override
        public Set<FieldPath> paths() {
            return Set.of(match, into);
        }

        @Override
        public String kind() {
            return "enrich";
        }
    }

    /**
     * Watches a value of a tumbling aggregate of the same pipeline, group by group, and raises an
     * alert when it leaves the group's own baseline. Lets every event through.
     *
     * @param of the aggregate's name
     * @param value the value's name
     * @param sensitivity deviations from the baseline, more than 0
     * @param minimum below which nothing is worth an alert
     */
    record Detect(String name, String of, String value, double sensitivity, double minimum)
            implements Stage {
        public Detect {
            checkName(name);
            if (!(sensitivity > 0) || !Double.isFinite(sensitivity)) {
                throw new IllegalArgumentException(
                        "sensitivity must be more than 0, is " + sensitivity);
            }
            if (!Double.isFinite(minimum)) {
                throw new IllegalArgumentException("minimum must be a number, is " + minimum);
            }
        }

        @Override
        public Set<FieldPath> paths() {
            return Set.of();
        }

        /**
         * Whether this detector can go on with the baselines and alerts of {@code other}, if the
         * aggregate goes on too: both watch the same.
         */
        public boolean sharesStateWith(Detect other) {
            return name.equals(other.name) && of.equals(other.of) && value.equals(other.value);
        }

        @Override
        public String kind() {
            return "detect";
        }
    }

    /**
     * Hands every event to Java code, which makes nothing, one or many of it.
     *
     * @param handler class name of a plug-in, or a name that the embedding program gave it
     * @param config plain values, handed to the plug-in
     * @param timeout of one call
     */
    record Handle(
            String name, String handler, Map<String, Object> config, Duration timeout, Retry retry)
            implements Stage {
        public Handle {
            checkName(name);
            config = Map.copyOf(config);
            Limits.HANDLER_TIMEOUT.check("timeout", timeout);
        }

        @Override
        public Set<FieldPath> paths() {
            return Set.of(FieldPath.DATA);
        }

        @Override
        public String kind() {
            return "handler";
        }
    }

    /**
     * How often something is tried.
     *
     * @param attempts 1: once
     * @param backoff before the n-th try again, n times this
     */
    record Retry(int attempts, Duration backoff) {
        public static final Retry NONE = new Retry(1, Duration.ZERO);

        public Retry {
            Limits.RETRY_ATTEMPTS.check("attempts", attempts);
            Limits.RETRY_BACKOFF.check("backoff", backoff);
        }
    }

    private static void checkName(String name) {
        Limits.checkName("stage name", Limits.STAGE_NAME, name);
    }
}
