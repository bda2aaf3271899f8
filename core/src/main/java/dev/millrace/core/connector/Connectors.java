package dev.millrace.core.connector;

import dev.millrace.core.pipeline.DeclaredKind;
import dev.millrace.core.pipeline.DeclaredKinds;

import java.util.List;
import java.util.Optional;

/**
 * The systems that a host can connect a pipeline to.
 *
 * @param sinks each of another name
 * @param sources likewise
 */
public record Connectors(List<SinkKind> sinks, List<SourceKind> sources) {
    /** For a host without any. */
    public static final Connectors NONE = new Connectors(List.of(), List.of());

    public Connectors {
        sinks = List.copyOf(sinks);
        sources = List.copyOf(sources);
    }

    /** What a reader of definitions holds sinks and sources against. */
    public DeclaredKinds declared() {
        List<DeclaredKind> ofSinks = sinks.stream().map(SinkKind::declared).toList();
        List<DeclaredKind> ofSources = sources.stream().map(SourceKind::declared).toList();
        return new DeclaredKinds(ofSinks, ofSources);
    }

    /** The kind of sinks of that name. */
    public Optional<SinkKind> sink(String kind) {
        return sinks.stream().filter(one -> one.declared().name().equals(kind)).findFirst();
    }

    /** The kind of sources of that name. */
    public Optional<SourceKind> source(String kind) {
        return sources.stream().filter(one -> one.declared().name().equals(kind)).findFirst();
    }
}
