package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;
import dev.millrace.core.expression.Expression;
import dev.millrace.core.pipeline.Node.Mapping;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code stages}. For one file. */
final class StageReader {
    private static final List<String> KINDS =
            List.of("filter", "transform", "explode", "enrich", "aggregate", "detect", "handler");

    /** What stands beside {@code handler}. */
    private static final List<String> HANDLER_KEYS = List.of("config", "timeout", "retry");

    private final UniqueNames names;
    private final NodeReader nodes;
    private final AggregateReader aggregates;
    private final LookupReader lookups;
    private final TransformReader transforms;
    private final DetectReader detectors;
    private final Problems problems;
    private boolean complete = true;

    StageReader(NodeReader nodes, Problems problems) {
        this.nodes = nodes;
        this.aggregates = new AggregateReader(nodes, problems);
        this.lookups = new LookupReader(nodes, problems);
        this.transforms = new TransformReader(nodes, problems);
        this.detectors = new DetectReader(nodes, problems);
        this.names = new UniqueNames("stage", nodes, problems);
        this.problems = problems;
    }

    Optional<List<Stage>> read(Node node) {
        Optional<List<Stage>> stages =
                nodes.list(node, "a list of stages", Limits.STAGES_MAX, this::stage);
        stages.ifPresent(detectors::check);
        return stages;
    }

    /** Whether every stage could be read, so that one that is not there is not in the file. */
    boolean isComplete() {
        return complete;
    }

    private Optional<Stage> stage(Node node) {
        Optional<Stage> read = readStage(node);
        complete &= read.isPresent();
        return read;
    }

    private Optional<Stage> readStage(Node node) {
        Optional<Mapping> mapping = nodes.mapping(node, "a mapping with a name and a kind");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.STAGE, problems);
        Optional<String> name = section.required("name", names::read);
        Optional<String> one = section.oneOf("a stage", KINDS);
        HANDLER_KEYS.forEach(key -> {
            Optional<String> _ = section.companion(key, "handler", false);
        });
        Optional<Function<String, Stage>> stage = Optional.empty();
        for (String kind : KINDS) {
            Optional<Function<String, Stage>> read =
                    section.optional(kind, n -> unnamed(kind, n, section));
            stage = one.isPresent() ? stage.or(() -> read) : stage;
        }
        return stage.flatMap(unnamed -> name.map(unnamed));
    }

    private Optional<Function<String, Stage>> unnamed(String kind, Node node, Section section) {
        return switch (kind) {
            case "filter" ->
                    nodes.expression(node, Expression.Type.BOOLEAN)
                            .map(predicate -> name -> new Stage.Filter(name, predicate));
            case "transform" ->
                    transforms
                            .read(node)
                            .map(assignments -> name -> new Stage.Transform(name, assignments));
            case "explode" ->
                    nodes.path(node)
                            .filter(path -> isInData(path, node))
                            .map(list -> name -> new Stage.Explode(name, list));
            case "enrich" -> lookups.enrich(node);
            case "aggregate" -> aggregates.read(node).map(aggregate -> aggregate::named);
            case "detect" -> detectors.read(node);
            case "handler" -> handler(node, section);
            default -> throw new IllegalArgumentException("unknown stage: " + kind);
        };
    }

    private boolean isInData(FieldPath list, Node node) {
        return Assignment.isAssignable(list)
                || nodes.wrong(node, "a list in data, like data.items").isPresent();
    }

    private Optional<Function<String, Stage>> handler(Node node, Section section) {
        Optional<String> handler =
                nodes.text(node, "the class name of a plug-in, like com.example.Geo");
        Optional<Map<String, Object>> config =
                section.optional(
                        "config",
                        n -> nodes.mapping(n, "a mapping for the plug-in").map(PlainNodes::map));
        Optional<Duration> timeout =
                section.optional("timeout", n -> nodes.duration(n, Limits.HANDLER_TIMEOUT));
        Optional<Stage.Retry> retry = section.optional("retry", lookups::retry);
        return handler.map(className ->
                name ->
                        new Stage.Handle(
                                name,
                                className,
                                config.orElse(Map.of()),
                                timeout.orElse(Limits.HANDLER_TIMEOUT_DEFAULT),
                                retry.orElse(Stage.Retry.NONE)));
    }
}
