package dev.millrace.core.pipeline;

import dev.millrace.core.pipeline.Node.Mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads what stands under {@code detect}. For one file. */
final class DetectReader {
    private final NodeReader nodes;
    private final Problems problems;
    private final List<Watched> watched = new ArrayList<>();

    /** What a detector names, and where. */
    private record Watched(
            String aggregate, Place aggregatePlace, String value, Place valuePlace) {}

    DetectReader(NodeReader nodes, Problems problems) {
        this.nodes = nodes;
        this.problems = problems;
    }

    /** A stage but for its name; empty if anything in it is wrong. */
    Optional<Function<String, Stage>> read(Node node) {
        Optional<Mapping> mapping = nodes.mapping(node, "a mapping like {of: views, value: views}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.DETECT, problems);
        Optional<String> of =
                section.required("of", n -> nodes.text(n, "the name of an aggregate"));
        Optional<String> value =
                section.required("value", n -> nodes.text(n, "the name of one of its values"));
        Optional<Double> sensitivity = section.optional("sensitivity", this::sensitivity);
        Optional<Double> minimum = section.optional("minimum", n -> nodes.number(n, "a number"));
        if (of.isEmpty() || value.isEmpty()) {
            return Optional.empty();
        }
        watched.add(
                new Watched(
                        of.get(), section.placeOf("of"), value.get(), section.placeOf("value")));
        return Optional.of(name ->
                new Stage.Detect(
                        name,
                        of.get(),
                        value.get(),
                        sensitivity.orElse(Limits.SENSITIVITY_DEFAULT),
                        minimum.orElse(Limits.MINIMUM_DEFAULT)));
    }

    private Optional<Double> sensitivity(Node node) {
        String expected = "a number above 0";
        Optional<Double> number = nodes.number(node, expected);
        return number.isPresent() && number.get() <= 0 ? nodes.wrong(node, expected) : number;
    }

    /** Holds what the detectors name against the stages of the file. */
    void check(List<Stage> stages) {
        for (Watched one : watched) {
            Optional<Stage.Aggregate> aggregate =
                    stages.stream()
                            .filter(Stage.Aggregate.class::isInstance)
                            .map(Stage.Aggregate.class::cast)
                            .filter(stage -> stage.name().equals(one.aggregate()))
                            .findFirst();
            if (aggregate.isEmpty()) {
                problems.add(
                        one.aggregatePlace(),
                        "there is no aggregate '%s' that could be watched"
                                .formatted(Texts.shorten(one.aggregate())));
            } else {
                aggregate
                        .flatMap(stage -> flaw(stage, one.value()))
                        .ifPresent(flaw -> problems.add(one.valuePlace(), flaw));
            }
        }
    }

    /** Why a value of an aggregate cannot be watched; empty if it can. */
    static Optional<String> flaw(Stage.Aggregate aggregate, String value) {
        if (!(aggregate.window() instanceof Window.Tumbling)) {
            return Optional.of(
                    "only tumbling aggregates can be watched, and %s is none"
                            .formatted(aggregate.name()));
        }
        Optional<Value> found =
                aggregate.values().stream().filter(one -> one.name().equals(value)).findFirst();
        if (found.isEmpty()) {
            return Optional.of(
                    "%s has no value '%s', but %s"
                            .formatted(
                                    aggregate.name(),
                                    Texts.shorten(value),
                                    String.join(
                                            ", ",
                                            aggregate.values().stream()
                                                    .map(Value::name)
                                                    .toList())));
        }
        return found.get() instanceof Value.Top
                ? Optional.of("'%s' is a list, and only numbers can be watched".formatted(value))
                : Optional.empty();
    }
}
