package dev.millrace.engine;

import dev.millrace.core.connector.RowShape;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What rows looked like under the versions of a pipeline: an outbox may hold some of a version that
 * was replaced since. Safe for use by many threads.
 */
final class SinkShapes {
    private final PipelineStore store;
    private final Map<Integer, Optional<PipelineDefinition>> definitions =
            new ConcurrentHashMap<>();

    SinkShapes(PipelineStore store) {
        this.store = store;
    }

    /** The shapes of the aggregates that a sink took under a version, in the order of its from. */
    List<RowShape> of(int version, String sink) {
        Optional<PipelineDefinition> definition =
                definitions.computeIfAbsent(version, this::compile);
        return definition.stream()
                .flatMap(one -> one.sink(sink).stream())
                .flatMap(one -> one.aggregates().stream())
                .flatMap(name -> definition.orElseThrow().aggregate(name).stream())
                .map(RowShape::of)
                .toList();
    }

    private Optional<PipelineDefinition> compile(int version) {
        return store.versions().stream()
                .filter(one -> one.version() == version)
                .findFirst()
                .flatMap(SinkShapes::compile);
    }

    private static Optional<PipelineDefinition> compile(PipelineVersion version) {
        return DefinitionReader.read(version.definition(), SchemaSource.of(version.files()))
                        instanceof DefinitionReader.Valid valid
                ? Optional.of(valid.definition())
                : Optional.empty();
    }
}
