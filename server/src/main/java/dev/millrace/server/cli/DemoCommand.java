package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;
import dev.millrace.server.client.Receipt;
import dev.millrace.server.demo.Demo;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * {@code millrace demo}: a server, the pipeline {@code web}, and traffic, until a signal ends it.
 */
@Command(
        name = "demo",
        description = {
            "Shows Millrace at work: a server, the example pipeline \"web\", made-up web traffic.",
            "SIGTERM or SIGINT ends it. Its data is deleted then, unless --data names a folder."
        })
final class DemoCommand implements Callable<Integer> {
    private static final int RATE_MAX = 20_000;
    private static final int SECONDS_BETWEEN_LINES = 5;

    @Mixin private final ListenOptions listen = new ListenOptions();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keep the data in this folder (default: a temporary one).")
    private @Nullable Path data;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description =
                    "Mean events a second over a day, 1 to "
                            + RATE_MAX
                            + " (default: ${DEFAULT-VALUE}).")
    private int rate = 1_000;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "A number that makes up the same traffic again (default: by chance).")
    private @Nullable Long seed;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        if (rate < 1 || rate > RATE_MAX) {
            throw new ParameterException(
                    line, "--rate must be 1 to %d, not %d".formatted(RATE_MAX, rate));
        }
        long chosen = seed == null ? ThreadLocalRandom.current().nextInt(1, 1_000_000) : seed;
        try (Demo demo = Demo.start(listen.host, listen.port, data, rate, chosen)) {
            Shutdown.onSignal(demo::stop);
            greet(line.getOut(), demo, chosen);
            throw watch(line.getOut(), demo);
        }
    }

    private void greet(PrintWriter out, Demo demo, long seed) {
        out.printf(
                """
                Millrace is live: %1$s
                  50 made-up websites send about %2$,d events a second to the pipeline "%3$s" (seed %4$d).
                  Open it in a browser: a page surges within two minutes, and some events fail and can be mended.
                  Where most are online:
                    curl '%1$s/v1/pipelines/%3$s/aggregates/online?latest=true&order=-visitors&limit=5'
                  Data: %5$s%6$s
                  Ctrl-C ends it.
                """,
                demo.address(),
                rate,
                Demo.PIPELINE,
                seed,
                demo.data(),
                demo.isTemporary() ? ", deleted at the end" : "");
        out.flush();
    }

    /**
     * Shows what flows until the traffic fails; returns why it did. Without a terminal it shows the
     * first numbers alone, by which a log, and who waits for it, knows that all is at work.
     */
    private static MillraceException watch(PrintWriter out, Demo demo) throws InterruptedException {
        boolean isShown = Terminal.isThere();
        Receipt before = demo.taken();
        for (int second = 1; ; second++) {
            TimeUnit.SECONDS.sleep(1);
            MillraceException failure = demo.failure();
            if (failure != null) {
                return failure;
            }
            if (second % SECONDS_BETWEEN_LINES == 0
                    && (isShown || second == SECONDS_BETWEEN_LINES)) {
                Receipt taken = demo.taken();
                out.printf(
                        "  %,d events/s; %,d accepted; %,d dead letters%n",
                        (taken.events() - before.events()) / SECONDS_BETWEEN_LINES,
                        taken.accepted(),
                        demo.deadLetters());
                out.flush();
                before = taken;
            }
        }
    }
}
