package dev.millrace.bench;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One turn of a contestant, as its process reports it in one line: {@code RESULT name=value …}.
 * {@code events} are those measured; {@code input}, {@code counted}, {@code late} and {@code
 * rejected} are of all, those of the warm-up among them; {@code cpuSeconds} are of all processes
 * that worked for it, {@code jit-%} how much of them went to compilers.
 */
record Turn(Map<String, Double> figures) {
    private static final String MARK = "RESULT ";

    Turn {
        figures = Map.copyOf(figures);
    }

    static Optional<Turn> parse(String line) {
        if (!line.startsWith(MARK)) {
            return Optional.empty();
        }
        return Optional.of(
                new Turn(
                        Arrays.stream(line.substring(MARK.length()).split(" "))
                                .map(figure -> figure.split("="))
                                .collect(
                                        Collectors.toMap(
                                                part -> part[0],
                                                part -> Double.valueOf(part[1])))));
    }

    String line() {
        return MARK
                + new TreeMap<>(figures)
                        .entrySet().stream()
                                .map(one ->
                                        one.getKey()
                                                + "="
                                                + BigDecimal.valueOf(one.getValue())
                                                        .toPlainString())
                                .collect(Collectors.joining(" "));
    }

    /**
     * A figure by its name; {@code events/s}, {@code events/cpu-s} and {@code cores} follow from
     * others.
     *
     * @return NaN if it was not measured
     */
    double figure(String name) {
        return switch (name) {
            case "events/s" -> figure("events") / figure("seconds");
            case "events/cpu-s" -> figure("events") / figure("cpuSeconds");
            case "cores" -> figure("cpuSeconds") / figure("seconds");
            case "server-events/cpu-s" -> figure("events") / figure("server-cpu-s");
            default -> figures.getOrDefault(name, Double.NaN);
        };
    }

    /**
     * Has counts, late and rejected events add up to the input. A contestant that reports none has
     * proved by itself that nothing is missing.
     *
     * @throws IllegalStateException if they do not
     */
    void prove() {
        if (!figures.containsKey("input")) {
            return;
        }
        double accountedFor = figure("counted") + figure("late") + figure("rejected");
        if (accountedFor != figure("input") || figure("counted") == 0) {
            throw new IllegalStateException(
                    "accounts for %,.0f of %,.0f".formatted(accountedFor, figure("input")));
        }
    }
}
