package dev.millrace.bench;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A curve of ours.
 *
 * @param name by which it can be asked for
 * @param title above its table
 * @param at what varies, as a column
 * @param figures the other columns
 * @param programs each reports one or more points
 */
record Curve(
        String name, String title, String at, List<String> figures, List<Contestant> programs) {
    Curve {
        figures = List.copyOf(figures);
        programs = List.copyOf(programs);
    }

    /** Its table, in Markdown. */
    String table(List<Turn> points) {
        String head =
                Stream.concat(Stream.of(at), figures.stream())
                        .collect(Collectors.joining(" | ", "| ", " |\n"));
        String rule = "|---".repeat(figures.size() + 1) + "|\n";
        return "### "
                + title
                + "\n\n"
                + head
                + rule
                + points.stream().map(this::row).collect(Collectors.joining())
                + "\n";
    }

    private String row(Turn point) {
        return Stream.concat(
                        Stream.of("%,.0f".formatted(point.figure("at"))),
                        figures.stream().map(name -> Report.shown(point.figure(name))))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
