package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Ours and peers' in alternation: every row, every contestant in a process of its own, round after
 * round, medians. A contestant of which a turn does not account for every event is void, and so is
 * what it is compared in. Prints the table, and writes it into {@code docs/benchmarks.md} if all
 * rows were run.
 *
 * <p>Arguments, all optional: {@code full}: five rounds of long runs instead of three of short
 * ones; {@code rounds=n}; {@code rows=1,2}.
 */
public final class Bench {
    private final int rounds;
    private final Map<String, Long> people = new HashMap<>();

    private Bench(int rounds) {
        this.rounds = rounds;
    }

    public static void main(String[] args) throws IOException {
        List<String> given = List.of(args);
        boolean full = given.contains("full");
        int rounds = value(given, "rounds=").map(Integer::parseInt).orElse(full ? 5 : 3);
        Set<Integer> wanted =
                value(given, "rows=").stream()
                        .flatMap(numbers -> Arrays.stream(numbers.split(",")))
                        .map(Integer::valueOf)
                        .collect(Collectors.toSet());
        List<Row> rows =
                new Rows(full)
                        .all().stream()
                                .filter(row -> wanted.isEmpty() || wanted.contains(row.number()))
                                .toList();
        Report report = new Report(full, rounds);
        for (Row row : rows) {
            report.add(row, new Bench(rounds).run(row));
        }
        System.out.println(report.markdown());
        if (wanted.isEmpty()) {
            report.writeInto(Path.of("docs", "benchmarks.md"));
        }
    }

    private static Optional<String> value(List<String> args, String prefix) {
        return args.stream()
                .filter(arg -> arg.startsWith(prefix))
                .map(arg -> arg.substring(prefix.length()))
                .findFirst();
    }

    /** The turns of each contestant whose every turn was valid, by name. */
    private Map<String, Median> run(Row row) {
        Map<String, List<Turn>> turns = new LinkedHashMap<>();
        row.contestants().forEach(one -> turns.put(one.name(), new ArrayList<>()));
        for (int round = 1; round <= rounds; round++) {
            for (Contestant contestant : row.contestants()) {
                List<Turn> its = turns.get(contestant.name());
                if (its == null) {
                    continue;
                }
                try {
                    Turn turn = Fork.run(contestant);
                    System.err.printf(
                            "row %d, round %d, %s: %s%n",
                            row.number(), round, contestant.name(), turn.line());
                    check(contestant, turn);
                    its.add(turn);
                } catch (IOException | IllegalStateException failed) {
                    System.err.println("void: " + failed.getMessage());
                    turns.remove(contestant.name());
                }
            }
        }
        Map<String, Median> medians = new LinkedHashMap<>();
        turns.forEach((name, its) -> medians.put(name, new Median(its)));
        return medians;
    }

    private void check(Contestant contestant, Turn turn) {
        Spec spec = contestant.spec();
        if (Double.isNaN(turn.figure("counted"))) {
            return;
        }
        long expected =
                spec.windowsPerEvent()
                        * people.computeIfAbsent(
                                spec.groups() + " " + spec.batches(),
                                _ -> new Input(spec).people(spec.batches()));
        if (turn.accountedFor() != expected) {
            throw new IllegalStateException(
                    "%s accounts for %,.0f of %,d"
                            .formatted(contestant.name(), turn.accountedFor(), expected));
        }
    }
}
