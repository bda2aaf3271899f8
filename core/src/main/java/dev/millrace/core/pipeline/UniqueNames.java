package dev.millrace.core.pipeline;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads names of one kind of thing, each of which may be given once. For one list of one file. */
final class UniqueNames {
    private final String what;
    private final NodeReader nodes;
    private final Problems problems;

    /** Where each name was first given. */
    private final Map<String, Place> names = new HashMap<>();

    /**
     * @param what has the names, for messages: {@code stage}
     */
    UniqueNames(String what, NodeReader nodes, Problems problems) {
        this.what = what;
        this.nodes = nodes;
        this.problems = problems;
    }

    Optional<String> read(Node node) {
        Optional<String> name = nodes.name(node, Limits.STAGE_NAME);
        if (name.isPresent()) {
            Place first = names.putIfAbsent(name.get(), node.place());
            if (first != null) {
                problems.add(
                        node.place(),
                        "'%s' is already the name of the %s on line %d"
                                .formatted(name.get(), what, first.line()));
                return Optional.empty();
            }
        }
        return name;
    }
}
