package dev.millrace.server.fault;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.server.Main;
import dev.millrace.testing.fault.FaultReport;
import dev.millrace.testing.fault.FaultRun;
import dev.millrace.testing.fault.FaultSinks;
import dev.millrace.testing.fault.FaultTool;
import dev.millrace.testing.fault.Injury;
import dev.millrace.testing.server.ServerCommand;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * How long the fault tests are, and from which seed: the short form by default, the long form by
 * the Maven profile {@code faults}, either by {@code -Dmillrace.faults.NAME=N}.
 */
final class Faults {
    static final ServerCommand SERVE = ServerCommand.serve(Main.class.getName());

    /** After so many rounds a run ends, and another begins with a new data directory. */
    private static final int ROUNDS_A_RUN = 10;

    private Faults() {}

    static int number(String name, int shortForm) {
        return Integer.getInteger("millrace.faults." + name, shortForm);
    }

    /** Chooses a seed and prints it, so that a failure can be had again. */
    static long seed(String test) {
        long seed = Long.getLong("millrace.faults.seed", System.nanoTime() % 1_000_000);
        System.out.printf("%s: -Dmillrace.faults.seed=%d%n", test, seed);
        return seed;
    }

    /** The test is skipped, by name of what is missing, where the system lacks something. */
    static void require(FaultTool... tools) {
        for (FaultTool tool : tools) {
            tool.missing()
                    .ifPresent(
                            missing -> assumeTrue(false, "not tested, as there is no " + missing));
        }
    }

    /**
     * Does so many injuries as drawn, in runs of some rounds each, and prints what it did and
     * found.
     */
    static FaultReport runs(
            String test, Path folder, int count, Function<Random, Injury> injuries) {
        long seed = seed(test);
        FaultReport total = new FaultReport();
        Random random = new Random(seed);
        for (int done = 0; done < count; done += ROUNDS_A_RUN) {
            int rounds = Math.min(ROUNDS_A_RUN, count - done);
            List<Injury> drawn =
                    random.ints(rounds).mapToObj(one -> injuries.apply(new Random(one))).toList();
            total.add(run(folder.resolve("run-" + done), seed + done, drawn));
            System.out.printf("%s: %s%n", test, total);
        }
        return total;
    }

    /** One run, from an empty data directory to the last acknowledgement. */
    static FaultReport run(Path folder, long seed, List<Injury> injuries) {
        return run(folder, seed, injuries, FaultSinks.NONE);
    }

    static FaultReport run(Path folder, long seed, List<Injury> injuries, FaultSinks sinks) {
        try (FaultRun run = new FaultRun(SERVE, made(folder), seed, sinks)) {
            injuries.forEach(run::round);
            run.finish();
            return run.report();
        }
    }

    private static Path made(Path folder) {
        if (!folder.toFile().mkdirs()) {
            throw new IllegalStateException("there is already a folder " + folder);
        }
        return folder;
    }
}
