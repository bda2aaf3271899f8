package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;
import dev.millrace.core.expression.Expression;
import dev.millrace.core.pipeline.Node.Mapping;
import dev.millrace.core.pipeline.Node.Member;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code stages}. For one file. */
final class StageReader {
    private static final List<String> KINDS =
            List.of("filter", "transform", "explode", "enrich", "aggregate", "detect", "handler");

    /** Where each name was first given. */
    private final Map<String, Place> names = new HashMap<>();

    private final NodeReader nodes;
    private final AggregateReader aggregates;
    private final LookupReader lookups;
    private final Problems problems;

    StageReader(NodeReader nodes, Problems problems) {
        this.nodes = nodes;
        this.aggregates = new AggregateReader(nodes, problems);
        this.lookups = new LookupReader(nodes, problems);
        this.problems = problems;
    }

    Optional<List<Stage>> read(Node node) {
        return nodes.list(node, "a list of stages", Limits.STAGES_MAX, this::stage);
    }

    private Optional<Stage> stage(Node node) {
        Optional<Mapping> mapping = nodes.mapping(node, "a mapping with a name and a kind");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section stage = new Section(mapping.get(), Keys.STAGE, problems);
        Optional<String> name = stage.required("name", this::name);
        List<String> kinds = KINDS.stream().filter(stage::has).toList();
        if (kinds.size() > 1) {
            problems.add(
                    stage.place(),
                    "a stage is one of %s, this is %s"
                            .formatted(String.join(", ", KINDS), String.join(" and ", kinds)));
        } else if (kinds.isEmpty() && !stage.isStrange()) {
            problems.add(stage.place(), "a stage needs one of " + String.join(", ", KINDS));
        }
        Optional<Expression> predicate =
                stage.optional("filter", n -> nodes.expression(n, Expression.Type.BOOLEAN));
        Optional<List<Assignment>> assignments = stage.optional("transform", this::assignments);
        Optional<AggregateReader.Unnamed> aggregate = stage.optional("aggregate", aggregates::read);
        Optional<FieldPath> exploded = stage.optional("explode", nodes::path);
        Optional<Function<String, Stage>> lookup = stage.optional("enrich", lookups::enrich);
        Optional<Function<String, Stage>> detector = stage.optional("detect", this::detect);
        Optional<Function<String, Stage>> handler =
                stage.has("handler") ? handler(stage) : Optional.empty();
        if (name.isEmpty()) {
            return Optional.empty();
        }
        return predicate
                .<Stage>map(expression -> new Stage.Filter(name.get(), expression))
                .or(() -> assignments.map(list -> new Stage.Transform(name.get(), list)))
                .or(() -> aggregate.map(unnamed -> unnamed.named(name.get())))
                .or(() -> exploded.map(path -> new Stage.Explode(name.get(), path)))
                .or(() ->
                        lookup.or(() -> detector)
                                .or(() -> handler)
                                .map(stageOf -> stageOf.apply(name.get())));
    }

    private Optional<Function<String, Stage>> detect(Node node) {
        Optional<Mapping> mapping = nodes.mapping(node, "a mapping like {of: views, value: views}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.DETECT, problems);
        Optional<String> of = section.required("of", n -> nodes.text(n, "an aggregate's name"));
        Optional<String> value = section.required("value", n -> nodes.text(n, "a value's name"));
        Optional<Double> sensitivity =
                section.optional("sensitivity", n -> nodes.number(n, "a number above 0"));
        Optional<Double> minimum = section.optional("minimum", n -> nodes.number(n, "a number"));
        return of.flatMap(aggregate ->
                value.map(field ->
                        name ->
                                new Stage.Detect(
                                        name,
                                        aggregate,
                                        field,
                                        sensitivity.orElse(Limits.SENSITIVITY_DEFAULT),
                                        minimum.orElse(Limits.MINIMUM_DEFAULT))));
    }

    private Optional<Function<String, Stage>> handler(Section stage) {
        Optional<String> handler =
                stage.required("handler", n -> nodes.text(n, "the class name of a plug-in"));
        Optional<Map<String, Object>> config =
                stage.optional("config", n -> nodes.mapping(n, "a mapping").map(PlainNodes::map));
        Optional<Duration> timeout =
                stage.optional("timeout", n -> nodes.duration(n, Limits.HANDLER_TIMEOUT));
        Optional<Stage.Retry> retry = stage.optional("retry", lookups::retry);
        return handler.map(className ->
                name ->
                        new Stage.Handle(
                                name,
                                className,
                                config.orElse(Map.of()),
                                timeout.orElse(Limits.HANDLER_TIMEOUT_DEFAULT),
                                retry.orElse(Stage.Retry.NONE)));
    }

    private Optional<String> name(Node node) {
        Optional<String> name = nodes.name(node, Limits.NAME);
        if (name.isPresent()) {
            Place first = names.putIfAbsent(name.get(), node.place());
            if (first != null) {
                problems.add(
                        node.place(),
                        "'%s' is already the name of the stage on line %d"
                                .formatted(name.get(), first.line()));
                return Optional.empty();
            }
        }
        return name;
    }

    private Optional<List<Assignment>> assignments(Node node) {
        Optional<Mapping> mapping = nodes.mapping(node, "a mapping of fields to expressions");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Member> members = mapping.get().members();
        if (members.isEmpty() || members.size() > Limits.ASSIGNMENTS_MAX) {
            problems.add(
                    node.place(),
                    "must have 1 to %d assignments, has %d"
                            .formatted(Limits.ASSIGNMENTS_MAX, members.size()));
            return Optional.empty();
        }
        List<Assignment> assignments = new ArrayList<>();
        Map<FieldPath, Place> targets = new LinkedHashMap<>();
        for (Member member : members.values()) {
            Optional<FieldPath> target = target(member.place(), targets);
            Optional<Expression> value = nodes.expression(member.value(), Expression.Type.ANY);
            target.flatMap(path -> value.map(expression -> new Assignment(path, expression)))
                    .ifPresent(assignments::add);
        }
        return Optional.of(assignments).filter(list -> list.size() == members.size());
    }

    private Optional<FieldPath> target(Place place, Map<FieldPath, Place> targets) {
        Optional<FieldPath> target = nodes.path(place, place.token());
        if (target.isEmpty()) {
            return target;
        }
        FieldPath path = target.get();
        if (!Assignment.isAssignable(path)) {
            problems.add(
                    place,
                    path.equals(FieldPath.DATA)
                            ? "'data' as a whole cannot be assigned; name a field in it, like"
                                    + " data.section"
                            : ("'%s' belongs to the event as it came in;"
                                            + " only fields in data can be assigned")
                                    .formatted(path));
            return Optional.empty();
        }
        for (Map.Entry<FieldPath, Place> other : targets.entrySet()) {
            if (Assignment.overlap(path, other.getKey())) {
                boolean inside = path.startsWith(other.getKey());
                problems.add(
                        place,
                        "'%s' %s '%s', which line %d assigns"
                                .formatted(
                                        path,
                                        inside ? "lies inside" : "contains",
                                        other.getKey(),
                                        other.getValue().line()));
                return Optional.empty();
            }
        }
        targets.put(path, place);
        return target;
    }
}
