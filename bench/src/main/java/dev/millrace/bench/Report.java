package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The table of a run, in Markdown. */
final class Report {
    private static final String BEGIN = "<!-- bench: begin -->";
    private static final String END = "<!-- bench: end -->";

    private final StringBuilder text = new StringBuilder();

    Report(boolean isFull, int rounds) throws IOException {
        text.append(
                """
                %s form, %d rounds in alternation, medians. %s.

                | row | engine | events/s | events per CPU-second | more | goal |
                |---|---|---|---|---|---|
                """
                        .formatted(isFull ? "Full" : "Short", rounds, machine()));
    }

    private static String machine() throws IOException {
        String model =
                Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 2))
                        .findFirst()
                        .orElse("unknown processor");
        long memoryGiB =
                Files.readAllLines(Path.of("/proc/meminfo")).stream()
                                .filter(line -> line.startsWith("MemTotal"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                                .findFirst()
                                .orElse(0)
                        >> 20;
        return "%d × %s, %d GiB, %s %s, JDK %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        model,
                        memoryGiB,
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("java.version"));
    }

    /**
     * Adds a row.
     *
     * @param turns of the contestants that are not void
     */
    void add(Row row, Map<String, Median> turns) {
        String goals =
                row.goals().stream()
                        .map(goal -> goal.verdict(turns))
                        .collect(Collectors.joining("; "));
        String title =
                row.title() + (row.off().isEmpty() ? "" : " (ours without " + row.off() + ")");
        text.append("| **%d** | **%s** | | | | %s |\n".formatted(row.number(), title, goals));
        for (Contestant contestant : row.contestants()) {
            Median median = turns.get(contestant.name());
            text.append(
                    median == null
                            ? "| | %s | void | | | |\n".formatted(contestant.name())
                            : "| | %s | %s | %s | %s | |\n"
                                    .formatted(
                                            contestant.name(),
                                            shown(median.figure("events/s")),
                                            shown(median.figure("events/cpu-s")),
                                            more(row.figures(), median)));
        }
    }

    private static String more(List<String> figures, Median median) {
        return figures.stream()
                .filter(name -> !Double.isNaN(median.figure(name)))
                .map(name -> "%s %s".formatted(name, shown(median.figure(name))))
                .collect(Collectors.joining(", "));
    }

    private static String shown(double figure) {
        if (Double.isNaN(figure)) {
            return "";
        }
        return String.format(Locale.ROOT, figure < 1_000 ? "%.2f" : "%,.0f", figure);
    }

    String markdown() {
        return text.toString();
    }

    /** Puts the table between the two marks of a page. */
    void writeInto(Path page) throws IOException {
        String old = Files.readString(page);
        int begin = old.indexOf(BEGIN);
        int end = old.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(page + " has no place for the table");
        }
        Files.writeString(
                page, old.substring(0, begin + BEGIN.length()) + "\n" + text + old.substring(end));
    }
}
