package dev.millrace.core.pipeline;

import dev.millrace.core.Bound;

import java.util.List;

/** The bounds of definitions, and the defaults of those that a definition sets. */
public final class DefinitionBounds {
    private DefinitionBounds() {}

    /** For operators. */
    public static List<Bound> all() {
        return List.of(
                new Bound("definition.bytes", Limits.FILE_BYTES_MAX, "bytes", "a definition"),
                new Bound(
                        "definition.depth",
                        Limits.FILE_DEPTH_MAX,
                        "levels",
                        "nesting of a definition"),
                new Bound(
                        "definition.problems",
                        Limits.PROBLEMS_MAX,
                        "problems",
                        "what is said of one definition at once"),
                new Bound("definition.stages", Limits.STAGES_MAX, "stages", "stages of a pipeline"),
                new Bound(
                        "definition.assignments",
                        Limits.ASSIGNMENTS_MAX,
                        "fields",
                        "fields that one transform writes"),
                new Bound(
                        "definition.values", Limits.VALUES_MAX, "values", "values of an aggregate"),
                new Bound("definition.by", Limits.BY_MAX, "fields", "fields of a group"),
                new Bound(
                        "definition.partitions",
                        Limits.PARTITIONS.max(),
                        "partitions",
                        "partitions of a pipeline"),
                new Bound(
                        "definition.queueLimit",
                        Limits.QUEUE_LIMIT_DEFAULT,
                        "events",
                        "events waiting in one pipeline where its definition does not say; past it"
                                + " a batch is refused with 429"),
                new Bound(
                        "definition.maxGroups",
                        Limits.MAX_GROUPS_DEFAULT,
                        "groups",
                        "groups of a window where its aggregate does not say; further ones count as"
                                + " __other__"),
                new Bound(
                        "definition.slices",
                        Limits.SLICES_MAX,
                        "slices",
                        "slices of a sliding window"),
                new Bound("definition.topItems", Limits.TOP_K.max(), "items", "items of a top"),
                new Bound(
                        "definition.cacheEntries",
                        Limits.CACHE_DEFAULT.entries(),
                        "answers",
                        "answers that a lookup remembers where its stage does not say"),
                new Bound(
                        "definition.retryAttempts",
                        Limits.RETRY_ATTEMPTS.max(),
                        "attempts",
                        "attempts of a handler or a lookup"),
                new Bound("definition.sinks", Limits.SINKS_MAX, "sinks", "sinks of a pipeline"),
                new Bound(
                        "definition.sources",
                        Limits.SOURCES_MAX,
                        "sources",
                        "sources of a pipeline"),
                new Bound(
                        "definition.sinkBudget",
                        Limits.SINK_BUDGET_DEFAULT,
                        "bytes",
                        "what waits for a sink whose definition does not say; past it batches of"
                                + " the pipeline are refused with 429"),
                new Bound(
                        "definition.sinkBatchItems",
                        Limits.BATCH_DEFAULT.items(),
                        "items",
                        "items delivered at once where the sink does not say"),
                new Bound(
                        "definition.sinkBatchBytes",
                        Limits.BATCH_DEFAULT.bytes(),
                        "bytes",
                        "the same, by their size; the last item on top"),
                new Bound(
                        "definition.sinkTimeout",
                        Limits.SINK_TIMEOUT_DEFAULT.toMillis(),
                        "ms",
                        "a delivery where the sink does not say; past it the call is interrupted"),
                new Bound(
                        "explodedEvents",
                        Stage.Explode.EVENTS_MAX,
                        "events",
                        "events that one sent event becomes; past it the event is a dead letter"));
    }
}
