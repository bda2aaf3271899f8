package dev.millrace.core.pipeline;

import dev.millrace.core.pipeline.Node.Mapping;
import dev.millrace.core.pipeline.Node.Member;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One mapping of the file, read key by key. Keys that it may not have are problems at once. */
final class Section {
    private final Mapping mapping;
    private final Problems problems;
    private final boolean strange;

    Section(Mapping mapping, Keys keys, Problems problems) {
        this.mapping = mapping;
        this.problems = problems;
        boolean found = false;
        for (Member member : mapping.members().values()) {
            String key = member.place().token();
            if (keys.later().contains(key)) {
                problems.add(member.place(), Spelling.unsupported(key, keys.allowed()));
                found = true;
            } else if (!keys.allowed().contains(key)) {
                problems.add(member.place(), Spelling.unknown("key", key, keys.allowed()));
                found = true;
            }
        }
        this.strange = found;
    }

    Place place() {
        return mapping.place();
    }

    /**
     * Whether there are keys that it may not have, so that what seems to be missing may be among
     * them.
     */
    boolean isStrange() {
        return strange;
    }

    boolean has(String key) {
        return mapping.members().containsKey(key);
    }

    /**
     * The one of {@code kinds} that is there. None or several are a problem, unless a strange key
     * may be the one that is missing.
     *
     * @param what is being read: {@code a window}
     */
    Optional<String> oneOf(String what, List<String> kinds) {
        List<String> given = kinds.stream().filter(this::has).toList();
        if (given.size() > 1) {
            problems.add(
                    place(),
                    "%s is one of %s, this is %s"
                            .formatted(
                                    what, String.join(", ", kinds), String.join(" and ", given)));
        } else if (given.isEmpty() && !strange) {
            problems.add(place(), "%s needs one of %s".formatted(what, String.join(", ", kinds)));
        }
        return given.size() == 1 ? Optional.of(given.getFirst()) : Optional.empty();
    }

    /**
     * A key that makes sense only beside another one: returned if both are there. Alone it is a
     * problem; if it is {@code required}, so is the other one without it.
     */
    Optional<String> companion(String key, String of, boolean required) {
        Member member = mapping.members().get(key);
        if (member != null && !has(of)) {
            problems.add(member.place(), "'%s' goes with '%s'".formatted(key, of));
        }
        if (required && has(of) && !has(key)) {
            problems.add(place(), "'%s' needs '%s'".formatted(of, key));
        }
        return has(key) && has(of) ? Optional.of(key) : Optional.empty();
    }

    /** Where the value of a key stands; the mapping itself, where the key is left out. */
    Place placeOf(String key) {
        Member member = mapping.members().get(key);
        return member == null ? mapping.place() : member.value().place();
    }

    /** What {@code read} makes of the key's value; empty where it is left out or wrong. */
    <T> Optional<T> optional(String key, Function<Node, Optional<T>> read) {
        return Optional.ofNullable(mapping.members().get(key))
                .flatMap(member -> read.apply(member.value()));
    }

    /** Like {@link #optional}, but leaving it out is a problem. */
    <T> Optional<T> required(String key, Function<Node, Optional<T>> read) {
        if (!has(key)) {
            problems.add(mapping.place(), "'" + key + "' is missing");
        }
        return optional(key, read);
    }
}
