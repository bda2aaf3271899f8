package dev.millrace.core.task;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.detect.Detection;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventReader;
import dev.millrace.core.event.EventSchema;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Projection;
import dev.millrace.core.event.ReadLimits;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StageServices;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One version of a pipeline, made ready to run: what to read, and what to do with it. Immutable and
 * thread-safe.
 */
public final class PipelineProgram {
    /** What one partition's index can hold: its table of positions doubles up to 2³⁰. */
    private static final int MAX_DEDUPE_IDS = 1 << 28;

    /** Heap that one remembered id costs at most. */
    public static final int DEDUPE_BYTES_PER_ID = DedupeIndex.BYTES_PER_ID;

    private final PipelineVersion version;
    private final StageServices services;
    private final PipelineDefinition definition;
    private final int eventSinks;
    private final int partitions;
    private final int dedupeLimit;
    private final Projection projection;
    private final EventReader reader;
    private final Map<String, Aggregation> aggregations = new LinkedHashMap<>();
    private final List<Detection> detections;

    /**
     * @param partitions how many the pipeline has, whatever the definition says
     * @param defaultDedupeLimit ids that the pipeline remembers where the definition does not say
     * @param services of the host, for the stages that need them
     * @throws IllegalArgumentException if the version names no state for an aggregate or a detector
     *     of the definition
     */
    public PipelineProgram(
            PipelineVersion version,
            PipelineDefinition definition,
            int partitions,
            long defaultDedupeLimit,
            StageServices services) {
        this.version = version;
        this.services = services;
        this.definition = definition;
        this.eventSinks = definition.eventSinks();
        this.partitions = partitions;
        long dedupeIds = definition.dedupeLimit().orElse(defaultDedupeLimit);
        this.dedupeLimit = Math.clamp(dedupeIds / partitions, 1, MAX_DEDUPE_IDS);
        this.projection = Projection.of(definition.paths());
        EventReader plain =
                new EventReader(
                        projection,
                        definition.key(),
                        partitions,
                        definition.maxSkew().toMillis(),
                        ReadLimits.DEFAULT.withMaxEvents(definition.queueLimit()),
                        schema(definition));
        this.reader = definition.dedupe().isZero() ? plain : plain.identifying();
        for (Stage.Aggregate aggregate : definition.aggregates()) {
            int number = stateNumber(aggregate.name());
            aggregations.put(aggregate.name(), new Aggregation(aggregate, number, projection));
        }
        this.detections = definition.detectors().stream().map(this::detection).toList();
    }

    private int stateNumber(String stage) {
        Integer number = version.aggregates().get(stage);
        if (number == null) {
            throw new IllegalArgumentException(
                    "version " + version.version() + " names no state for " + stage);
        }
        return number;
    }

    private Detection detection(Stage.Detect stage) {
        return new Detection(
                stage,
                stateNumber(stage.name()),
                Objects.requireNonNull(
                        aggregations.get(stage.of()), () -> "there is no " + stage.of()));
    }

    private static @Nullable EventSchema schema(PipelineDefinition definition) {
        return definition.schema() == null ? null : EventSchema.compile(definition.schema());
    }

    public PipelineVersion version() {
        return version;
    }

    public PipelineDefinition definition() {
        return definition;
    }

    public int partitions() {
        return partitions;
    }

    /** Ids that one partition remembers at most. */
    public int dedupeLimit() {
        return dedupeLimit;
    }

    /** Whether a stage calls code that may block, so that it needs a thread of its own. */
    public boolean mayBlock() {
        return definition.stages().stream().anyMatch(Stage.Handle.class::isInstance);
    }

    /** How many sinks take what went through all stages. */
    int eventSinks() {
        return eventSinks;
    }

    public Projection projection() {
        return projection;
    }

    public EventReader reader() {
        return reader;
    }

    /** In the order of the stages. */
    public List<Aggregation> aggregations() {
        return List.copyOf(aggregations.values());
    }

    /** In the order of the stages. */
    public List<Detection> detections() {
        return detections;
    }

    public Optional<Aggregation> aggregation(String name) {
        return Optional.ofNullable(aggregations.get(name));
    }

    /** The stages, made for one partition. */
    List<Operator> operators() {
        List<Operator> operators = new ArrayList<>();
        for (Stage stage : definition.stages()) {
            operators.add(
                    switch (stage) {
                        case Stage.Filter filter ->
                                new FilterOperator(
                                        filter.name(), filter.predicate().bind(projection));
                        case Stage.Transform transform -> transform(transform);
                        case Stage.Aggregate aggregate ->
                                new AggregateOperator(
                                        Objects.requireNonNull(aggregations.get(aggregate.name())),
                                        aggregate
                                                .where()
                                                .map(where -> where.bind(projection))
                                                .orElse(null));
                        case Stage.Explode explode ->
                                new ExplodeOperator(
                                        explode.name(),
                                        projection.field(explode.list()),
                                        projection.field(Stage.Explode.ITEM),
                                        projection.field(Stage.Explode.INDEX));
                        case Stage.Handle handle ->
                                new HandleOperator(
                                        handle.name(),
                                        services.handlerCall(definition.name(), handle),
                                        projection.field(FieldPath.DATA));
                        case Stage.Detect detect -> new DetectOperator(detect.name());
                        case Stage.Enrich enrich ->
                                new EnrichOperator(
                                        enrich.name(),
                                        services.lookup(definition.name(), enrich),
                                        projection.field(enrich.match()),
                                        projection.field(enrich.into()),
                                        enrich.onMissing() == Stage.Enrich.OnMissing.DEAD_LETTER);
                    });
        }
        return List.copyOf(operators);
    }

    /** What looks ahead for {@code operators}, as far as any may have to wait for an answer. */
    LookAhead lookAhead(List<Operator> operators) {
        int end = operators.size();
        while (end > 0
                && !(operators.get(end - 1) instanceof EnrichOperator enrich && enrich.mayWait())) {
            end--;
        }
        return new LookAhead(operators.subList(0, end), new Event(projection));
    }

    private TransformOperator transform(Stage.Transform transform) {
        return new TransformOperator(
                transform.name(),
                transform.assignments().stream()
                        .map(assignment ->
                                new TransformOperator.BoundAssignment(
                                        projection.field(assignment.target()),
                                        assignment.value().bind(projection)))
                        .toList());
    }
}
