package dev.millrace.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Ours and peers' in alternation: every row, every contestant in a process of its own, round after
 * round, medians. A contestant of which a turn does not account for every event is void, and so is
 * what it is compared in. Prints the table, and writes it into {@code docs/benchmarks.md} if all
 * rows were run in one of the two forms and no contestant was void; so with all curves.
 *
 * <p>Arguments, all optional: {@code full}: five rounds instead of two, and the curves; {@code
 * curves}: the curves alone, or {@code curves=groups,readers}; {@code rounds=n}; {@code rows=1,2};
 * {@code warmUp=n} seconds before each turn.
 */
public final class Bench {
    private static final String ALL = "";
    private static final String NUMBER = "[1-9][0-9]{0,3}";
    private static final Pattern ARGUMENT =
            Pattern.compile(
                    "full|curves(=[a-z]+(,[a-z]+)*)?|rows=([1-9]|10)(,([1-9]|10))*|(rounds|warmUp)="
                            + NUMBER);
    private static final int USAGE = 2;

    private Bench() {}

    public static void main(String[] args) throws IOException {
        List<String> given = List.of(args);
        for (String arg : given) {
            if (!ARGUMENT.matcher(arg).matches()) {
                System.err.printf(
                        "millrace bench: %s is not known. It takes full, rows=1,2 (of 1 to 10),"
                                + " rounds=2, warmUp=30, curves, and curves=groups,readers.%n",
                        arg);
                System.exit(USAGE);
            }
        }
        boolean isFull = given.contains("full");
        Optional<String> curves =
                given.contains("curves") ? Optional.of(ALL) : value(given, "curves=");
        Optional<String> rows = value(given, "rows=");
        if (curves.isEmpty() || rows.isPresent()) {
            Form form = isFull ? Form.FULL : Form.SHORT;
            if (number(given, "rounds=") > 0) {
                form = form.withRounds(number(given, "rounds="));
            }
            if (number(given, "warmUp=") > 0) {
                form = form.withWarmUp(number(given, "warmUp="));
            }
            rows(form, names(rows.orElse(ALL)));
        }
        if (curves.isPresent() || isFull && rows.isEmpty()) {
            Set<String> wanted = names(curves.orElse(ALL));
            String tables = Curves.run(wanted);
            publish("curves", tables, wanted.isEmpty());
        }
    }

    private static Optional<String> value(List<String> args, String prefix) {
        return args.stream()
                .filter(arg -> arg.startsWith(prefix))
                .map(arg -> arg.substring(prefix.length()))
                .findFirst();
    }

    /** 0 if it is not given. */
    private static int number(List<String> args, String prefix) {
        return value(args, prefix).map(Integer::parseInt).orElse(0);
    }

    private static Set<String> names(String list) {
        return Arrays.stream(list.split(","))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
    }

    private static void publish(String part, String text, boolean isWhole) throws IOException {
        System.out.println(text);
        if (isWhole) {
            Page.BENCHMARKS.replace(part, text);
        } else {
            System.err.println("docs/benchmarks.md stays as it is.");
        }
    }

    /**
     * @param wanted numbers; none: all rows, whose table is then kept
     */
    private static void rows(Form form, Set<String> wanted) throws IOException {
        try (TempFolder folder = TempFolder.create()) {
            folder.requireDisk();
        }
        boolean isWhole = wanted.isEmpty() && (form.equals(Form.SHORT) || form.equals(Form.FULL));
        Report report =
                new Report(
                        "%s form, turns of %d s (rows 3, 6 and 8: %d)"
                                .formatted(form.name(), form.seconds(), 2 * form.seconds()),
                        Machine.line());
        for (Row row : new Rows(form).all()) {
            if (wanted.isEmpty() || wanted.contains(Integer.toString(row.number()))) {
                Map<String, List<Turn>> turns = run(row);
                report.add(row, turns);
                isWhole &= turns.size() == row.contestants().size();
            }
        }
        publish("bench", report.markdown(), isWhole);
    }

    /**
     * The turns of each contestant whose every turn was valid, by name. Who was first in a round is
     * last in the next: one may leave writes behind that the other then has to wait for.
     */
    private static Map<String, List<Turn>> run(Row row) {
        Map<String, List<Turn>> turns = new LinkedHashMap<>();
        row.contestants().forEach(one -> turns.put(one.name(), new ArrayList<>()));
        for (int round = 1; round <= row.rounds(); round++) {
            List<Contestant> all = row.contestants();
            for (Contestant contestant : round % 2 == 1 ? all : all.reversed()) {
                List<Turn> its = turns.get(contestant.name());
                if (its == null) {
                    continue;
                }
                try {
                    long begin = System.nanoTime();
                    Turn turn = Fork.run(contestant);
                    System.err.printf(
                            "row %d, round %d, %s, %.0f s: %s%n",
                            row.number(),
                            round,
                            contestant.name(),
                            (System.nanoTime() - begin) / 1e9,
                            turn.line());
                    turn.prove();
                    its.add(turn);
                } catch (IOException | IllegalStateException failed) {
                    System.err.println("void: " + contestant.name() + ": " + failed.getMessage());
                    turns.remove(contestant.name());
                }
            }
        }
        return turns;
    }
}
