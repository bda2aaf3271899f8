package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;
import dev.millrace.core.expression.Expression;
import dev.millrace.core.pipeline.Node.Mapping;
import dev.millrace.core.pipeline.Node.Member;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what stands under {@code transform}. For one file. */
final class TransformReader {
    private final NodeReader nodes;
    private final Problems problems;

    TransformReader(NodeReader nodes, Problems problems) {
        this.nodes = nodes;
        this.problems = problems;
    }

    /** Empty if anything in it is wrong. */
    Optional<List<Assignment>> read(Node node) {
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
