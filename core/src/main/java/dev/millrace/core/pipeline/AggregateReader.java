package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;
import dev.millrace.core.expression.Expression;
import dev.millrace.core.pipeline.Node.Mapping;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what stands under {@code aggregate}. For one file. */
final class AggregateReader {
    /** An aggregate but for its name, which stands beside it in the file. */
    interface Unnamed {
        Stage.Aggregate named(String name);
    }

    private final NodeReader nodes;
    private final WindowReader windows;
    private final ValuesReader values;
    private final Problems problems;

    AggregateReader(NodeReader nodes, Problems problems) {
        this.nodes = nodes;
        this.windows = new WindowReader(nodes, problems);
        this.values = new ValuesReader(nodes, problems);
        this.problems = problems;
    }

    /** Empty if anything in it is wrong. */
    Optional<Unnamed> read(Node node) {
        Optional<Mapping> mapping =
                nodes.mapping(node, "a mapping with at least a window and values");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.AGGREGATE, problems);
        Optional<Window> window = section.required("window", windows::read);
        Optional<Expression> where =
                section.optional("where", n -> nodes.expression(n, Expression.Type.BOOLEAN));
        Optional<List<FieldPath>> by = section.optional("by", this::by);
        Optional<List<Value>> counted = section.required("values", values::read);
        Optional<Duration> lateness = duration(section, "lateness");
        Optional<LatePolicy> late = section.optional("late", this::late);
        Optional<Duration> keep = duration(section, "keep");
        Optional<Integer> maxGroups =
                section.optional("maxGroups", n -> nodes.smallNumber(n, Limits.MAX_GROUPS));
        if (window.isEmpty()
                || section.has("lateness") != lateness.isPresent()
                || section.has("keep") != keep.isPresent()
                || !isKeptLongEnough(
                        section,
                        window.get(),
                        lateness.orElse(Limits.LATENESS_DEFAULT),
                        keep.orElse(defaultKeep(window.get(), lateness)))
                || counted.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(name ->
                new Stage.Aggregate(
                        name,
                        window.get(),
                        where,
                        by.orElse(List.of()),
                        counted.get(),
                        lateness.orElse(Limits.LATENESS_DEFAULT),
                        late.orElse(Limits.LATE_DEFAULT),
                        keep.orElse(defaultKeep(window.get(), lateness)),
                        maxGroups.orElse(Limits.MAX_GROUPS_DEFAULT)));
    }

    /** What the contract says, but never so short that the definition would be refused. */
    private static Duration defaultKeep(Window window, Optional<Duration> lateness) {
        Duration usual =
                window instanceof Window.Sliding
                        ? Limits.KEEP_DEFAULT_SLIDING
                        : Limits.KEEP_DEFAULT;
        Duration least =
                Stage.Aggregate.leastKeep(window, lateness.orElse(Limits.LATENESS_DEFAULT));
        return usual.compareTo(least) < 0 ? least : usual;
    }

    private Optional<Duration> duration(Section section, String key) {
        return section.optional(key, n -> nodes.duration(n, Limits.DURATION));
    }

    private boolean isKeptLongEnough(
            Section section, Window window, Duration lateness, Duration keep) {
        if (keep.compareTo(Stage.Aggregate.leastKeep(window, lateness)) >= 0) {
            return true;
        }
        problems.add(
                section.placeOf("keep"),
                ("keep must be at least the window plus the lateness (%s + %s), or an event that"
                                + " is not late yet finds its row gone; it is %s%s")
                        .formatted(
                                Durations.format(window.span()),
                                Durations.format(lateness),
                                Durations.format(keep),
                                section.has("keep") ? "" : " by default"));
        return false;
    }

    private Optional<List<FieldPath>> by(Node node) {
        Set<FieldPath> seen = new HashSet<>();
        return nodes.list(
                node,
                "a list of fields",
                Limits.BY_MAX,
                item -> nodes.plainPath(item).filter(path -> isFirst(path, seen, item)));
    }

    private boolean isFirst(FieldPath path, Set<FieldPath> seen, Node item) {
        boolean first = seen.add(path);
        if (!first) {
            problems.add(item.place(), "'" + path + "' is listed twice");
        }
        return first;
    }

    private Optional<LatePolicy> late(Node node) {
        List<String> allowed = Arrays.stream(LatePolicy.values()).map(LatePolicy::text).toList();
        Optional<String> text = nodes.text(node, String.join(" or ", allowed));
        Optional<LatePolicy> policy =
                Arrays.stream(LatePolicy.values())
                        .filter(one -> text.filter(one.text()::equals).isPresent())
                        .findFirst();
        if (text.isPresent() && policy.isEmpty()) {
            problems.add(node.place(), Spelling.unknown("policy", text.get(), allowed));
        }
        return policy;
    }
}
