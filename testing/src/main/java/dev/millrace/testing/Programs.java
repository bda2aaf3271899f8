package dev.millrace.testing;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.Row;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.pipeline.Window;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StageServices;
import dev.millrace.core.task.PipelineProgram;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The versions of one pipeline, their state numbered as a host does. */
final class Programs {
    private static final long DEFAULT_DEDUPE_LIMIT = 1_000_000;

    /** Compiling takes longer than the short streams of most tests. */
    private static final Map<String, PipelineDefinition> READ = new ConcurrentHashMap<>();

    private final int partitions;
    private final StageServices services;
    private int nextNumber = 1;
    private final List<PipelineProgram> versions = new ArrayList<>();
    private final Map<Integer, Aggregation> aggregations = new HashMap<>();

    /** Of a pipeline whose stages need nothing of their host. */
    Programs(String firstDefinition, int partitions) {
        this(firstDefinition, partitions, StageServices.NONE);
    }

    Programs(String firstDefinition, int partitions, StageServices services) {
        this.partitions = partitions;
        this.services = services;
        add(firstDefinition);
    }

    int partitions() {
        return partitions;
    }

    PipelineProgram version(int version) {
        return versions.get(version - 1);
    }

    List<PipelineProgram> all() {
        return List.copyOf(versions);
    }

    PipelineProgram newest() {
        return versions.getLast();
    }

    /** By the number of its state. */
    Aggregation aggregation(int number) {
        return Optional.ofNullable(aggregations.get(number)).orElseThrow();
    }

    /** Whether what is stored is a row as it is seen: not the slices of sliding windows. */
    boolean isVisible(Commit.RowChange change) {
        Aggregation aggregation = aggregations.get(change.aggregate());
        return aggregation != null
                && !(aggregation.definition().window() instanceof Window.Sliding);
    }

    boolean isOfSessions(Commit.RowChange change) {
        return aggregation(change.aggregate()).definition().window() instanceof Window.Session;
    }

    Row row(Commit.RowChange change) {
        return aggregation(change.aggregate())
                .row(change.windowStartMs(), change.group(), change.value());
    }

    /** All that any version had. */
    List<Integer> stateNumbers() {
        return List.copyOf(aggregations.keySet());
    }

    PipelineProgram add(String text) {
        PipelineDefinition definition = READ.computeIfAbsent(text, Programs::read);
        Map<String, Integer> numbers = new HashMap<>();
        for (Stage.Aggregate aggregate : definition.aggregates()) {
            numbers.put(aggregate.name(), keptNumber(aggregate).orElseGet(() -> nextNumber++));
        }
        for (Stage.Detect detector : definition.detectors()) {
            numbers.put(
                    detector.name(), keptNumber(detector, numbers).orElseGet(() -> nextNumber++));
        }
        PipelineProgram program =
                new PipelineProgram(
                        new PipelineVersion(versions.size() + 1, 0, text, Map.of(), numbers),
                        definition,
                        partitions,
                        DEFAULT_DEDUPE_LIMIT,
                        services);
        versions.add(program);
        program.aggregations().forEach(one -> aggregations.put(one.number(), one));
        return program;
    }

    private static PipelineDefinition read(String text) {
        return switch (DefinitionReader.read(text, SchemaSource.NONE)) {
            case DefinitionReader.Valid valid -> valid.definition();
            case DefinitionReader.Invalid invalid ->
                    throw new IllegalArgumentException(invalid.problems().toString());
        };
    }

    private Optional<Integer> keptNumber(Stage.Aggregate aggregate) {
        if (versions.isEmpty()) {
            return Optional.empty();
        }
        return newest().aggregation(aggregate.name())
                .filter(old -> aggregate.sharesStateWith(old.definition()))
                .map(Aggregation::number);
    }

    private Optional<Integer> keptNumber(Stage.Detect detector, Map<String, Integer> numbers) {
        if (versions.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Integer> old = newest().version().aggregates();
        return newest().definition()
                .detector(detector.name())
                .filter(detector::sharesStateWith)
                .filter(_ -> Objects.equals(numbers.get(detector.of()), old.get(detector.of())))
                .map(_ -> old.get(detector.name()));
    }
}
