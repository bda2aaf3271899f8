package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;
import dev.millrace.core.pipeline.Node.Mapping;
import dev.millrace.core.pipeline.Node.Member;
import dev.millrace.core.pipeline.Node.Scalar;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads the {@code values} of an aggregate. For one file. */
final class ValuesReader {
    private static final String EXAMPLE = "count or a mapping like {sum: data.bytes}";
    private static final String COUNT = "count";
    private static final List<String> FUNCTIONS =
            List.of("sum", "avg", "min", "max", "distinct", "quantile", "top");

    private final NodeReader nodes;
    private final Problems problems;

    ValuesReader(NodeReader nodes, Problems problems) {
        this.nodes = nodes;
        this.problems = problems;
    }

    /** Empty if one of them is wrong. */
    Optional<List<Value>> read(Node node) {
        Optional<Mapping> mapping =
                nodes.mapping(node, "a mapping like {views: count, bytes: {sum: data.bytes}}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        int size = mapping.get().members().size();
        if (size < 1 || size > Limits.VALUES_MAX) {
            problems.add(
                    node.place(),
                    "must have 1 to %d values, has %d".formatted(Limits.VALUES_MAX, size));
            return Optional.empty();
        }
        List<Value> values = new ArrayList<>();
        for (Member member : mapping.get().members().values()) {
            Optional<String> name = name(member.place());
            Optional<Function<String, Value>> unnamed = unnamed(member.value());
            name.flatMap(text -> unnamed.map(value -> value.apply(text))).ifPresent(values::add);
        }
        return Optional.of(values).filter(list -> list.size() == size);
    }

    private Optional<String> name(Place place) {
        if (Limits.NAME.matcher(place.token()).matches()) {
            return Optional.of(place.token());
        }
        problems.add(
                place,
                "must be a name that matches %s, is '%s'"
                        .formatted(Limits.NAME, Texts.shorten(place.token())));
        return Optional.empty();
    }

    private Optional<Function<String, Value>> unnamed(Node node) {
        return switch (node) {
            case Mapping mapping -> ofField(mapping);
            case Scalar scalar when scalar.kind() == Scalar.Kind.TEXT -> ofWord(scalar);
            default -> nodes.wrong(node, EXAMPLE);
        };
    }

    private Optional<Function<String, Value>> ofWord(Scalar word) {
        String text = word.text();
        if (text.equals(COUNT)) {
            return Optional.of(Value.Count::new);
        }
        List<String> allowed = new ArrayList<>(List.of(COUNT));
        allowed.addAll(FUNCTIONS);
        if (allowed.contains(text)) {
            problems.add(
                    word.place(), "'%s' needs a field, like {%<s: data.bytes}".formatted(text));
        } else {
            problems.add(word.place(), Spelling.unknown("value", text, allowed));
        }
        return Optional.empty();
    }

    private Optional<Function<String, Value>> ofField(Mapping mapping) {
        Section section = new Section(mapping, Keys.VALUE, problems);
        List<String> functions = FUNCTIONS.stream().filter(section::has).toList();
        if (functions.size() > 1 || functions.isEmpty() && !section.isStrange()) {
            problems.add(
                    mapping.place(),
                    "a value is count or exactly one of %s, this has %s"
                            .formatted(
                                    String.join(", ", FUNCTIONS),
                                    functions.isEmpty()
                                            ? "none"
                                            : String.join(" and ", functions)));
        }
        Optional<Double> q =
                section.optional("q", n -> nodes.number(n, "a number between 0 and 1"));
        Optional<Integer> k = section.optional("k", n -> nodes.smallNumber(n, Limits.TOP_K));
        Optional<Function<String, Value>> value = Optional.empty();
        for (String function : functions) {
            boolean numeric = !function.equals("distinct") && !function.equals("top");
            value =
                    section.optional(function, n -> numeric ? field(n) : nodes.plainPath(n))
                            .map(field -> name -> of(function, name, field, q, k));
        }
        return value;
    }

    private Optional<FieldPath> field(Node node) {
        Optional<FieldPath> path = nodes.path(node);
        if (path.isPresent() && !Value.canBeNumber(path.get())) {
            problems.add(
                    node.place(),
                    "'%s' is never a number; name a field in data, like data.bytes, or timestamp"
                            .formatted(path.get()));
            return Optional.empty();
        }
        return path;
    }

    private static Value of(
            String function,
            String name,
            FieldPath field,
            Optional<Double> q,
            Optional<Integer> k) {
        return switch (function) {
            case "sum" -> new Value.Sum(name, field);
            case "avg" -> new Value.Avg(name, field);
            case "min" -> new Value.Min(name, field);
            case "max" -> new Value.Max(name, field);
            case "distinct" -> new Value.Distinct(name, field);
            case "quantile" -> new Value.Quantile(name, field, q.orElseThrow());
            case "top" -> new Value.Top(name, field, k.orElse(Limits.TOP_K_DEFAULT));
            default -> throw new IllegalArgumentException("unknown function: " + function);
        };
    }
}
