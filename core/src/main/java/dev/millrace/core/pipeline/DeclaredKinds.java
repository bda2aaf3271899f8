package dev.millrace.core.pipeline;

import java.util.List;
import java.util.Optional;

/**
 * The kinds of sinks and sources that a host has.
 *
 * @param isChecked false: a definition may name other kinds too, whose settings are taken as they
 *     are, like that of a version that was put before
 */
public record DeclaredKinds(
        List<DeclaredKind> sinks, List<DeclaredKind> sources, boolean isChecked) {
    /** Takes every kind. */
    public static final DeclaredKinds UNCHECKED = new DeclaredKinds(List.of(), List.of(), false);

    public DeclaredKinds {
        sinks = List.copyOf(sinks);
        sources = List.copyOf(sources);
    }

    public DeclaredKinds(List<DeclaredKind> sinks, List<DeclaredKind> sources) {
        this(sinks, sources, true);
    }

    /** The same, for definitions that may name others too. */
    public DeclaredKinds lenient() {
        return new DeclaredKinds(sinks, sources, false);
    }

    static Optional<DeclaredKind> named(List<DeclaredKind> kinds, String name) {
        return kinds.stream().filter(kind -> kind.name().equals(name)).findFirst();
    }
}
