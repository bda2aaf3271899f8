package dev.millrace.core.pipeline;

import dev.millrace.core.pipeline.PlanEntry.Effect;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * What a change of definition does: to settings, then to stages in their new order, then to those
 * that go, then likewise to sinks and sources. Settings that stay as they are are not listed;
 * stages are, all of them.
 *
 * @param problems why the change is refused; empty if it is not
 */
public record Plan(List<PlanEntry> entries, List<Problem> problems) {
    public Plan {
        entries = List.copyOf(entries);
        problems = List.copyOf(problems);
    }

    /** What creating a pipeline does. */
    public static Plan create(PipelineDefinition definition) {
        List<PlanEntry> entries =
                new ArrayList<>(definition.stages().stream().map(StageChanges::added).toList());
        entries.addAll(ConnectorChanges.added(definition));
        return new Plan(entries, List.of());
    }

    /**
     * What going from one definition of a pipeline to another does.
     *
     * @param partitions how many the pipeline has; a definition may leave that to the host
     */
    public static Plan change(PipelineDefinition from, int partitions, PipelineDefinition to) {
        if (!from.name().equals(to.name())) {
            throw new IllegalArgumentException(
                    "a plan from %s to %s".formatted(from.name(), to.name()));
        }
        List<PlanEntry> entries = new ArrayList<>(settings(from, to));
        entries.addAll(stages(from, to));
        entries.addAll(ConnectorChanges.of(from, to));
        return new Plan(entries, partitionProblems(partitions, to.partitions()));
    }

    private static List<Problem> partitionProblems(int partitions, OptionalInt wanted) {
        if (wanted.isEmpty() || wanted.getAsInt() == partitions) {
            return List.of();
        }
        return List.of(
                new Problem(
                        "/partitions",
                        OptionalInt.empty(),
                        ("partitions are fixed when a pipeline is created: it has %d and cannot get"
                                        + " %d; leave them out, or create another pipeline")
                                .formatted(partitions, wanted.getAsInt())));
    }

    private static List<PlanEntry> settings(PipelineDefinition from, PipelineDefinition to) {
        return List.of(
                        setting("key", from.key(), to.key(), Object::toString),
                        setting(
                                "outOfOrder",
                                from.outOfOrder(),
                                to.outOfOrder(),
                                Durations::format),
                        setting("maxSkew", from.maxSkew(), to.maxSkew(), Durations::format),
                        setting("dedupe", from.dedupe(), to.dedupe(), Durations::format),
                        setting("dedupeLimit", from.dedupeLimit(), to.dedupeLimit(), Plan::limit),
                        setting("queueLimit", from.queueLimit(), to.queueLimit(), String::valueOf),
                        setting("retention", from.retention(), to.retention(), Plan::retention),
                        schema(from.schema(), to.schema()))
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private static <T> Optional<PlanEntry> setting(
            String key, T from, T to, Function<T, String> format) {
        if (from.equals(to)) {
            return Optional.empty();
        }
        String detail = "becomes %s, was %s".formatted(format.apply(to), format.apply(from));
        if (key.equals("key")) {
            detail += "; an event accepted before the change and sent again may count twice";
        }
        return Optional.of(new PlanEntry(key, Effect.CHANGED, detail));
    }

    private static String limit(OptionalLong limit) {
        return limit.isPresent() ? String.valueOf(limit.getAsLong()) : "the default";
    }

    private static String retention(Retention retention) {
        return "%s or %s"
                .formatted(Durations.format(retention.age()), Sizes.format(retention.sizeBytes()));
    }

    private static Optional<PlanEntry> schema(@Nullable JsonNode from, @Nullable JsonNode to) {
        if (from == null ? to == null : from.equals(to)) {
            return Optional.empty();
        }
        String detail =
                to == null
                        ? "is gone: events are no longer held against one"
                        : "is another: it holds for events from now on";
        return Optional.of(new PlanEntry("schema", Effect.CHANGED, detail));
    }

    /**
     * The same with something more to say of some aggregates.
     *
     * @param aggregates their names
     */
    public Plan also(Set<String> aggregates, String detail) {
        return new Plan(
                entries.stream()
                        .map(entry ->
                                aggregates.contains(entry.stage()) ? entry.also(detail) : entry)
                        .toList(),
                problems);
    }

    private static List<PlanEntry> stages(PipelineDefinition from, PipelineDefinition to) {
        List<PlanEntry> entries = new ArrayList<>();
        for (Stage stage : to.stages()) {
            PlanEntry entry =
                    from.stage(stage.name())
                            .map(old -> StageChanges.changed(old, stage, isMoved(stage, from, to)))
                            .orElseGet(() -> StageChanges.added(stage));
            entries.add(
                    keepsRows(stage, entry)
                            ? StageChanges.fedOtherwise(
                                    entry, shaping(stage, from), shaping(stage, to))
                            : entry);
        }
        for (Stage stage : from.stages()) {
            if (to.stage(stage.name()).isEmpty()) {
                entries.add(StageChanges.removed(stage));
            }
        }
        return entries;
    }

    private static boolean keepsRows(Stage stage, PlanEntry entry) {
        return stage instanceof Stage.Aggregate
                && (entry.effect() == Effect.KEPT || entry.effect() == Effect.CHANGED);
    }

    /** The stages before an aggregate that decide what comes to it. */
    private static List<Stage> shaping(Stage aggregate, PipelineDefinition definition) {
        return definition.stages().stream()
                .takeWhile(stage -> !stage.name().equals(aggregate.name()))
                .filter(stage -> !(stage instanceof Stage.Aggregate))
                .filter(stage -> !(stage instanceof Stage.Detect))
                .toList();
    }

    /** Whether other stages than before, of those that stay, run before the stage. */
    private static boolean isMoved(Stage stage, PipelineDefinition from, PipelineDefinition to) {
        return !before(stage, from, to).equals(before(stage, to, from));
    }

    private static Set<String> before(
            Stage stage, PipelineDefinition definition, PipelineDefinition other) {
        Set<String> names = new HashSet<>();
        for (Stage one : definition.stages()) {
            if (one.name().equals(stage.name())) {
                break;
            }
            if (other.stage(one.name()).isPresent()) {
                names.add(one.name());
            }
        }
        return names;
    }
}
