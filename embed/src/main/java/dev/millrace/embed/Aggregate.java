package dev.millrace.embed;

import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an aggregate stage keeps: windows of event time, groups, and numbers. Immutable: every
 * method returns another one. Mistakes are found when the pipeline is built.
 *
 * <pre>{@code
 * tumbling(ofMinutes(5)).by("source", "data.url").count("views").distinct("visitors", "data.visitor")
 * }</pre>
 */
public final class Aggregate {
    private final Map<String, Object> settings;
    private final Map<String, Object> window;
    private final Map<String, Object> values;

    private Aggregate(
            Map<String, Object> settings, Map<String, Object> window, Map<String, Object> values) {
        this.settings = settings;
        this.window = window;
        this.values = values;
    }

    /** Windows side by side. */
    public static Aggregate tumbling(Duration size) {
        return of(Map.of("tumbling", Texts.of(size)));
    }

    /** Windows of {@code size}, one beginning every {@code every}, which divides the size. */
    public static Aggregate sliding(Duration size, Duration every) {
        return of(Map.of("sliding", Texts.of(size), "every", Texts.of(every)));
    }

    /** Events of a group with no more than {@code gap} between them. */
    public static Aggregate session(Duration gap) {
        return of(Map.of("session", Texts.of(gap)));
    }

    private static Aggregate of(Map<String, Object> window) {
        return new Aggregate(Map.of(), window, Map.of());
    }

    /** Cuts time at the midnights of a zone instead of the epoch's. */
    public Aggregate in(ZoneId zone) {
        return new Aggregate(settings, plus(window, "zone", zone.getId()), values);
    }

    /** The fields that make the group; without, there is one group. */
    public Aggregate by(String... fields) {
        return with("by", List.of(fields));
    }

    /** Counts only events for which a CEL expression is true. */
    public Aggregate where(String expression) {
        return with("where", expression);
    }

    /** How late an event may come and still be counted. */
    public Aggregate lateness(Duration lateness) {
        return with("lateness", Texts.of(lateness));
    }

    /** How long rows stay. */
    public Aggregate keep(Duration keep) {
        return with("keep", Texts.of(keep));
    }

    /** Groups per window; the rest goes to {@code __other__}. */
    public Aggregate maxGroups(int groups) {
        return with("maxGroups", (long) groups);
    }

    /** The number of events. */
    public Aggregate count(String name) {
        return value(name, "count");
    }

    public Aggregate sum(String name, String field) {
        return value(name, Map.of("sum", field));
    }

    /** The mean. */
    public Aggregate avg(String name, String field) {
        return value(name, Map.of("avg", field));
    }

    public Aggregate min(String name, String field) {
        return value(name, Map.of("min", field));
    }

    public Aggregate max(String name, String field) {
        return value(name, Map.of("max", field));
    }

    /** How many different values a field has. */
    public Aggregate distinct(String name, String field) {
        return value(name, Map.of("distinct", field));
    }

    /** The value below which a share of {@code q} lies, such as 0.95. */
    public Aggregate quantile(String name, String field, double q) {
        return value(name, Map.of("quantile", field, "q", q));
    }

    /** The {@code k} most frequent values of a field, with their counts. */
    public Aggregate top(String name, String field, int k) {
        return value(name, Map.of("top", field, "k", (long) k));
    }

    private Aggregate with(String setting, Object value) {
        return new Aggregate(plus(settings, setting, value), window, values);
    }

    private Aggregate value(String name, Object value) {
        if (values.containsKey(name)) {
            throw new IllegalArgumentException("two values are named " + name);
        }
        return new Aggregate(settings, window, plus(values, name, value));
    }

    private static Map<String, Object> plus(Map<String, Object> map, String key, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(map);
        more.put(key, value);
        return more;
    }

    /** As a pipeline file says it. */
    Map<String, Object> definition() {
        return plus(plus(settings, "window", window), "values", values);
    }
}
