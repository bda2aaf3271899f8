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

    /** Functions of any plain value, not of numbers alone. */
    private static final List<String> ANY_KIND = List.of("distinct", "top");

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
            String more = text.equals("quantile") ? ", q: 0.95" : "";
            problems.add(
                    word.place(),
                    "'%s' needs a field, like {%<s: data.bytes%s}".formatted(text, more));
        } else {
            problems.add(word.place(), Spelling.unknown("value", text, allowed));
        }
        return Optional.empty();
    }

    private Optional<Function<String, Value>> ofField(Mapping mapping) {
        Section section = new Section(mapping, Keys.VALUE, problems);
        Optional<String> function = section.oneOf("a value", FUNCTIONS);
        Optional<Double> q =
                section.companion("q", "quantile", true)
                        .flatMap(key -> section.optional(key, this::share));
        Optional<Integer> k =
                section.companion("k", "top", false)
                        .flatMap(key ->
                                section.optional(key, n -> nodes.smallNumber(n, Limits.TOP_K)));
        if (function.isEmpty()) {
            return Optional.empty();
        }
        boolean numeric = !ANY_KIND.contains(function.get());
        Optional<FieldPath> field =
                section.optional(
                        function.get(), n -> numeric ? numberField(n) : nodes.plainPath(n));
        boolean incomplete =
                field.isEmpty()
                        || section.isStrange()
                        || section.has("q") != q.isPresent()
                        || section.has("k") != k.isPresent()
                        || function.get().equals("quantile") && q.isEmpty();
        return incomplete
                ? Optional.empty()
                : Optional.of(name -> of(function.get(), name, field.get(), q, k));
    }

    private Optional<Double> share(Node node) {
        String expected = "a number between 0 and 1, both excluded";
        Optional<Double> number = nodes.number(node, expected);
        return number.isPresent() && !(number.get() > 0 && number.get() < 1)
                ? nodes.wrong(node, expected)
                : number;
    }

    private Optional<FieldPath> numberField(Node node) {
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
