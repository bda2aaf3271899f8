package dev.millrace.core.pipeline;

import java.util.List;

/**
 * The keys that one kind of mapping may have.
 *
 * @param allowed what this version reads, in the order in which messages name it
 * @param later what the format has and this version does not
 */
record Keys(List<String> allowed, List<String> later) {
    static final Keys PIPELINE =
            new Keys(
                    List.of(
                            "pipeline",
                            "key",
                            "partitions",
                            "outOfOrder",
                            "maxSkew",
                            "dedupe",
                            "dedupeLimit",
                            "queueLimit",
                            "retention",
                            "schema",
                            "stages",
                            "sinks",
                            "sources"),
                    List.of());
    static final Keys RETENTION = new Keys(List.of("age", "size"), List.of());
    static final Keys STAGE =
            new Keys(
                    List.of(
                            "name",
                            "filter",
                            "transform",
                            "explode",
                            "enrich",
                            "aggregate",
                            "detect",
                            "handler",
                            "config",
                            "timeout",
                            "retry"),
                    List.of());
    static final Keys AGGREGATE =
            new Keys(
                    List.of(
                            "window",
                            "where",
                            "by",
                            "values",
                            "lateness",
                            "late",
                            "keep",
                            "maxGroups"),
                    List.of());
    static final Keys WINDOW =
            new Keys(List.of("tumbling", "sliding", "every", "session", "zone"), List.of());
    static final Keys VALUE =
            new Keys(
                    List.of("sum", "avg", "min", "max", "distinct", "quantile", "q", "top", "k"),
                    List.of());
    static final Keys DETECT =
            new Keys(List.of("of", "value", "sensitivity", "minimum"), List.of());
    static final Keys ENRICH =
            new Keys(
                    List.of(
                            "table",
                            "postgres",
                            "http",
                            "match",
                            "column",
                            "into",
                            "onMissing",
                            "timeout",
                            "cache",
                            "retry"),
                    List.of());
    static final Keys POSTGRES = new Keys(List.of("url", "query"), List.of());
    static final Keys HTTP = new Keys(List.of("url", "headers"), List.of());
    static final Keys CACHE = new Keys(List.of("size", "age"), List.of());
    static final Keys RETRY = new Keys(List.of("attempts", "backoff"), List.of());

    static final Keys BATCH = new Keys(List.of("items", "bytes", "wait"), List.of());

    /** Of a sink or source, but for its kind. */
    static final List<String> SINK = List.of("name", "from", "budget", "batch", "timeout");

    static final List<String> SOURCE = List.of("name");

    Keys {
        allowed = List.copyOf(allowed);
        later = List.copyOf(later);
    }
}
