package dev.millrace.core.pipeline;

import dev.millrace.core.pipeline.PlanEntry.Effect;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a change of definition does to sinks and sources, in words. */
final class ConnectorChanges {
    private ConnectorChanges() {}

    static List<PlanEntry> of(PipelineDefinition from, PipelineDefinition to) {
        List<PlanEntry> entries = new ArrayList<>();
        for (SinkDefinition sink : to.sinks()) {
            entries.add(
                    from.sink(sink.name())
                            .map(old -> changed(old, sink))
                            .orElseGet(() -> added(sink)));
        }
        for (SinkDefinition sink : from.sinks()) {
            if (to.sink(sink.name()).isEmpty()) {
                entries.add(
                        new PlanEntry(
                                sink.name(),
                                Effect.LOST,
                                "the sink goes, and what waits for it; what it has taken stays"
                                        + " there"));
            }
        }
        for (SourceDefinition source : to.sources()) {
            Optional<SourceDefinition> old = named(from, source.name());
            entries.add(
                    old.isEmpty()
                            ? added(source)
                            : old.get().equals(source)
                                    ? new PlanEntry(source.name(), Effect.KEPT, "as it was")
                                    : new PlanEntry(
                                            source.name(),
                                            Effect.CHANGED,
                                            "the source is opened again"));
        }
        for (SourceDefinition source : from.sources()) {
            if (named(to, source.name()).isEmpty()) {
                entries.add(
                        new PlanEntry(
                                source.name(), Effect.REMOVED, "the source is no longer read"));
            }
        }
        return entries;
    }

    static List<PlanEntry> added(PipelineDefinition definition) {
        List<PlanEntry> entries = new ArrayList<>();
        definition.sinks().forEach(sink -> entries.add(added(sink)));
        definition.sources().forEach(source -> entries.add(added(source)));
        return entries;
    }

    private static Optional<SourceDefinition> named(PipelineDefinition definition, String name) {
        return definition.sources().stream()
                .filter(source -> source.name().equals(name))
                .findFirst();
    }

    private static PlanEntry added(SinkDefinition sink) {
        return new PlanEntry(
                sink.name(),
                Effect.NEW,
                "a new %s sink: it gets what changes from now on".formatted(sink.kind()));
    }

    private static PlanEntry added(SourceDefinition source) {
        return new PlanEntry(source.name(), Effect.NEW, "a new %s source".formatted(source.kind()));
    }

    private static PlanEntry changed(SinkDefinition from, SinkDefinition to) {
        if (from.equals(to)) {
            return new PlanEntry(to.name(), Effect.KEPT, "as it was: what waits for it stays");
        }
        String feeds =
                from.from().equals(to.from())
                        ? ""
                        : "it takes %s from now on; ".formatted(String.join(", ", to.from()));
        return new PlanEntry(
                to.name(), Effect.CHANGED, feeds + "what waits for it is delivered as it says now");
    }
}
