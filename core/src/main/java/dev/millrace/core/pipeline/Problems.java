package dev.millrace.core.pipeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/** Collects what is wrong with one file. Confined to the reading of that file. */
final class Problems {
    private record Found(int index, Problem problem) {}

    private final List<Found> found = new ArrayList<>();
    private int unlisted;

    void add(Place place, String detail) {
        add(place, place.line(), detail);
    }

    /** Adds a problem on another line than that on which its place begins. */
    void add(Place place, int line, String detail) {
        if (found.size() == Limits.PROBLEMS_MAX) {
            unlisted++;
            return;
        }
        Problem problem = new Problem(place.pointer(), OptionalInt.of(line), detail);
        found.add(new Found(place.index(), problem));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** In the order of the file; past {@link Limits#PROBLEMS_MAX} the last one counts the rest. */
    List<Problem> inDocumentOrder() {
        List<Problem> problems = new ArrayList<>();
        found.stream()
                .sorted(Comparator.comparingInt(Found::index))
                .forEach(one -> problems.add(one.problem()));
        if (unlisted > 0) {
            problems.add(
                    new Problem("", OptionalInt.empty(), "and " + unlisted + " more problems"));
        }
        return List.copyOf(problems);
    }
}
