package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How the events of one pipeline are read, kept and processed. Immutable and thread-safe. Two
 * definitions are equal when they mean the same, however their files were written.
 *
 * @param key the field whose value decides the partition; where it is missing, {@code id} does
 * @param partitions empty: as the pipeline has, and for a new one the host decides
 * @param outOfOrder how far the watermark stays behind the newest event
 * @param maxSkew how far a timestamp may be ahead of receipt
 * @param dedupe how long after receipt a (source, id) is remembered; zero: never
 * @param dedupeLimit ids remembered at most; empty: the host decides
 * @param queueLimit events that may wait before a batch is refused
 * @param schema JSON Schema 2020-12 of the whole event; do not modify
 * @param sinks where it puts out what it makes
 * @param sources from which it reads, besides what is sent to it
 */
public record PipelineDefinition(
        String name,
        FieldPath key,
        OptionalInt partitions,
        Duration outOfOrder,
        Duration maxSkew,
        Duration dedupe,
        OptionalLong dedupeLimit,
        int queueLimit,
        Retention retention,
        @Nullable JsonNode schema,
        List<Stage> stages,
        List<SinkDefinition> sinks,
        List<SourceDefinition> sources) {
    public PipelineDefinition {
        Limits.checkName("pipeline name", Limits.PIPELINE_NAME, name);
        Limits.checkPlain(key);
        partitions.ifPresent(count -> Limits.PARTITIONS.check("partitions", count));
        Limits.DURATION.check("outOfOrder", outOfOrder);
        Limits.DURATION.check("maxSkew", maxSkew);
        Limits.DURATION.check("dedupe", dedupe);
        dedupeLimit.ifPresent(limit -> Limits.DEDUPE_LIMIT.check("dedupeLimit", limit));
        Limits.QUEUE_LIMIT.check("queueLimit", queueLimit);
        stages = Limits.checkSize("stages", stages, Limits.STAGES_MAX);
        if (stages.stream().map(Stage::name).distinct().count() < stages.size()) {
            throw new IllegalArgumentException(
                    "two stages have one name: " + stages.stream().map(Stage::name).toList());
        }
        checkDetectors(stages);
        sinks = Limits.checkSize("sinks", sinks, Limits.SINKS_MAX);
        sources = Limits.checkSize("sources", sources, Limits.SOURCES_MAX);
    }

    private static void checkDetectors(List<Stage> stages) {
        for (Stage stage : stages) {
            if (stage instanceof Stage.Detect detect) {
                String flaw =
                        stages.stream()
                                .filter(one -> one.name().equals(detect.of()))
                                .findFirst()
                                .map(one ->
                                        one instanceof Stage.Aggregate aggregate
                                                ? DetectReader.flaw(aggregate, detect.value())
                                                        .orElse("")
                                                : one.name() + " is no aggregate")
                                .orElse("there is no aggregate " + detect.of());
                if (!flaw.isEmpty()) {
                    throw new IllegalArgumentException(detect.name() + ": " + flaw);
                }
            }
        }
    }

    /** Every field that the key or a stage names: what a reader must extract. */
    public Set<FieldPath> paths() {
        Set<FieldPath> paths = new HashSet<>();
        paths.add(key);
        stages.forEach(stage -> paths.addAll(stage.paths()));
        return Set.copyOf(paths);
    }

    /** The stage of that name. */
    public Optional<Stage> stage(String name) {
        return stages.stream().filter(stage -> stage.name().equals(name)).findFirst();
    }

    /** The aggregate of that name. */
    public Optional<Stage.Aggregate> aggregate(String name) {
        return stage(name)
                .filter(Stage.Aggregate.class::isInstance)
                .map(Stage.Aggregate.class::cast);
    }

    /** The aggregates, in the order of the stages. */
    public List<Stage.Aggregate> aggregates() {
        return stages.stream()
                .filter(Stage.Aggregate.class::isInstance)
                .map(Stage.Aggregate.class::cast)
                .toList();
    }

    /** The detector of that name. */
    public Optional<Stage.Detect> detector(String name) {
        return stage(name).filter(Stage.Detect.class::isInstance).map(Stage.Detect.class::cast);
    }

    /** The detectors, in the order of the stages. */
    public List<Stage.Detect> detectors() {
        return stages.stream()
                .filter(Stage.Detect.class::isInstance)
                .map(Stage.Detect.class::cast)
                .toList();
    }

    /** The sink of that name. */
    public Optional<SinkDefinition> sink(String sinkName) {
        return sinks.stream().filter(sink -> sink.name().equals(sinkName)).findFirst();
    }

    /** How many sinks take what went through all stages. */
    public int eventSinks() {
        return (int) sinks.stream().filter(sink -> sink.takes(SinkDefinition.EVENTS)).count();
    }

    /** The stages in Java, in their order. */
    public List<Stage.Handle> handlers() {
        return stages.stream()
                .filter(Stage.Handle.class::isInstance)
                .map(Stage.Handle.class::cast)
                .toList();
    }

    /** The stages that look something up, in their order. */
    public List<Stage.Enrich> enrichments() {
        return stages.stream()
                .filter(Stage.Enrich.class::isInstance)
                .map(Stage.Enrich.class::cast)
                .toList();
    }
}
