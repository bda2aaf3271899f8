package dev.millrace.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The table of a run, in Markdown. */
final class Report {
    /** A figure of every contestant: how warm it was. */
    private static final String COMPILING = "jit-%";

    private final StringBuilder text = new StringBuilder();

    /**
     * @param form what was run, such as {@code Full form, turns of 4 s}
     * @param machine on what
     */
    Report(String form, String machine) {
        text.append(
                """
                %s, in alternation; medians, in brackets the lowest and the highest. %s.

                | row | engine | events/s | events per CPU-second | cores | JIT, %% of CPU | more | goal |
                |---|---|---|---|---|---|---|---|
                """
                        .formatted(form, machine));
    }

    /**
     * Adds a row.
     *
     * @param turns of the contestants that are not void
     */
    void add(Row row, Map<String, List<Turn>> turns) {
        String goals =
                row.goals().stream()
                        .map(goal -> goal.verdict(turns))
                        .collect(Collectors.joining("; "));
        String title =
                row.title() + (row.off().isEmpty() ? "" : " (ours without " + row.off() + ")");
        String rounds = row.rounds() + (row.rounds() == 1 ? " round" : " rounds");
        text.append(
                "| **%d** | **%s**, %s | | | | | | %s |\n"
                        .formatted(row.number(), title, rounds, goals));
        for (Contestant contestant : row.contestants()) {
            List<Turn> its = turns.get(contestant.name());
            text.append(
                    its == null
                            ? "| | %s | void | | | | | |\n".formatted(contestant.name())
                            : "| | %s | %s | %s | %s | %s | %s | |\n"
                                    .formatted(
                                            contestant.name(),
                                            withRange(Median.of(its, "events/s")),
                                            shown(Median.of(its, "events/cpu-s").middle()),
                                            shown(Median.of(its, "cores").middle()),
                                            shown(Median.of(its, COMPILING).middle()),
                                            more(row.figures(), its)));
        }
    }

    private static String more(List<String> figures, List<Turn> turns) {
        return figures.stream()
                .filter(name -> !Median.of(turns, name).isVoid())
                .map(name -> "%s %s".formatted(name, withRange(Median.of(turns, name))))
                .collect(Collectors.joining(", "));
    }

    private static String withRange(Median median) {
        return median.isVoid()
                ? ""
                : "%s (%s–%s)"
                        .formatted(
                                shown(median.middle()),
                                shown(median.lowest()),
                                shown(median.highest()));
    }

    static String shown(double figure) {
        if (Double.isNaN(figure)) {
            return "";
        }
        return String.format(Locale.ROOT, Math.abs(figure) < 100 ? "%.2f" : "%,.0f", figure);
    }

    String markdown() {
        return text.toString();
    }
}
