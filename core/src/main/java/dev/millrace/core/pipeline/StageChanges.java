package dev.millrace.core.pipeline;

import dev.millrace.core.pipeline.PlanEntry.Effect;
import dev.millrace.core.pipeline.Stage.Aggregate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a change of one stage does to its state, in words. */
final class StageChanges {
    private StageChanges() {}

    static PlanEntry added(Stage stage) {
        String detail =
                stage instanceof Aggregate
                        ? "a new aggregate: it counts events from now on"
                        : "a new " + stage.kind();
        return new PlanEntry(stage.name(), Effect.NEW, detail);
    }

    static PlanEntry removed(Stage stage) {
        if (stage instanceof Stage.Detect) {
            return new PlanEntry(
                    stage.name(), Effect.LOST, "the detector goes, and its alerts with it");
        }
        return stage instanceof Aggregate
                ? new PlanEntry(
                        stage.name(), Effect.LOST, "the aggregate goes, and its rows with it")
                : new PlanEntry(stage.name(), Effect.REMOVED, "the " + stage.kind() + " goes");
    }

    /**
     * @param moved whether it runs at another point of the pipeline
     */
    static PlanEntry changed(Stage from, Stage to, boolean moved) {
        if (!from.kind().equals(to.kind())) {
            return changedKind(from, to);
        }
        if (from instanceof Aggregate old
                && to instanceof Aggregate next
                && !next.sharesStateWith(old)) {
            return new PlanEntry(
                    to.name(),
                    Effect.REBUILT,
                    "%s changed: it starts empty, and its rows so far are lost"
                            .formatted(words(stateParts(old, next))));
        }
        if (from instanceof Stage.Detect old
                && to instanceof Stage.Detect next
                && !next.sharesStateWith(old)) {
            return new PlanEntry(
                    to.name(),
                    Effect.REBUILT,
                    "what it watches changed: it learns anew, and its alerts so far are lost");
        }
        List<String> parts = changedParts(from, to);
        if (moved) {
            parts.add("place among the stages");
        }
        String state = to instanceof Aggregate ? "its rows stay" : "nothing is lost";
        return parts.isEmpty()
                ? new PlanEntry(to.name(), Effect.KEPT, "as it was: " + state)
                : new PlanEntry(to.name(), Effect.CHANGED, words(parts) + " changed: " + state);
    }

    /**
     * What an aggregate that keeps its rows has to say of the stages that decide what comes to it.
     *
     * @param before those of the version so far
     * @param after those of the next
     */
    static PlanEntry fedOtherwise(PlanEntry entry, List<Stage> before, List<Stage> after) {
        List<String> changes = new ArrayList<>();
        for (Stage stage : after) {
            Optional<Stage> old = named(stage.name(), before);
            if (old.isEmpty()) {
                changes.add("%s %s comes before it".formatted(stage.kind(), stage.name()));
            } else if (!old.get().equals(stage)) {
                changes.add("%s %s before it changes".formatted(stage.kind(), stage.name()));
            }
        }
        for (Stage stage : before) {
            if (named(stage.name(), after).isEmpty()) {
                changes.add(
                        "%s %s no longer comes before it".formatted(stage.kind(), stage.name()));
            }
        }
        if (!namesIn(before, after).equals(namesIn(after, before))) {
            changes.add("stages before it change places");
        }
        return changes.isEmpty()
                ? entry
                : entry.also(
                        words(changes)
                                + ": its rows so far were counted without that change, and stay");
    }

    /** The names of those stages that the other version has too, in order. */
    private static List<String> namesIn(List<Stage> stages, List<Stage> other) {
        return stages.stream()
                .map(Stage::name)
                .filter(name -> named(name, other).isPresent())
                .toList();
    }

    private static Optional<Stage> named(String name, List<Stage> stages) {
        return stages.stream().filter(stage -> stage.name().equals(name)).findFirst();
    }

    private static PlanEntry changedKind(Stage from, Stage to) {
        String kinds = "becomes %s, was %s".formatted(to.kind(), from.kind());
        if (from instanceof Aggregate) {
            return new PlanEntry(
                    to.name(), Effect.LOST, kinds + ": the rows of the aggregate are lost");
        }
        return new PlanEntry(
                to.name(), to instanceof Aggregate ? Effect.NEW : Effect.CHANGED, kinds);
    }

    private static List<String> changedParts(Stage from, Stage to) {
        List<String> parts = new ArrayList<>();
        if (from instanceof Aggregate old && to instanceof Aggregate next) {
            add(parts, "where", old.where(), next.where());
            add(parts, "lateness", old.lateness(), next.lateness());
            add(parts, "late", old.late(), next.late());
            add(parts, "keep", old.keep(), next.keep());
            add(parts, "maxGroups", old.maxGroups(), next.maxGroups());
        } else {
            add(parts, to.kind(), from, to);
        }
        return parts;
    }

    private static List<String> stateParts(Aggregate from, Aggregate to) {
        List<String> parts = new ArrayList<>();
        add(parts, "window", from.window(), to.window());
        add(parts, "by", from.by(), to.by());
        add(parts, "values", from.values(), to.values());
        return parts;
    }

    private static void add(List<String> parts, String name, Object from, Object to) {
        if (!from.equals(to)) {
            parts.add(name);
        }
    }

    private static String words(List<String> parts) {
        return String.join(", ", parts);
    }
}
