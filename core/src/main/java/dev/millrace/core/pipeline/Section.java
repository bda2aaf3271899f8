package dev.millrace.core.pipeline;

import dev.millrace.core.pipeline.Node.Mapping;
import dev.millrace.core.pipeline.Node.Member;

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
