package dev.millrace.server.cli;

import dev.millrace.engine.EngineOptions;
import dev.millrace.engine.LetterBudget;
import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code millrace serve}: the server, until a signal ends it. */
@Command(
        name = "serve",
        description = {
            "Runs the server.",
            "SIGTERM or SIGINT drains it and ends it within 30 seconds; a second one at once.",
            "It exits with 0 if all that was accepted is in rows, else with 1; then the next start",
            "takes up the rest from the journal."
        })
final class ServeCommand implements Callable<Integer> {
    private static final System.Logger LOG = System.getLogger(ServeCommand.class.getName());

    @Mixin private final ListenOptions listen = new ListenOptions();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "millrace-data",
            description =
                    "The folder of the database, made if it is not there (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("millrace-data");

    @Option(
            names = "--pipelines",
            paramLabel = "DIR",
            description =
                    "A folder of pipeline definitions (.yaml, .yml, .json) to put at every start.")
    private @Nullable Path pipelines;

    @Option(
            names = "--plugins",
            paramLabel = "DIR",
            description =
                    "A folder of jar files with handlers, which pipelines can name as stages.")
    private @Nullable Path plugins;

    @Option(
            names = "--files",
            paramLabel = "DIR",
            description = {
                "The folder below which sinks of kind file write, and nowhere else",
                "(default: files in the data folder)."
            })
    private @Nullable Path files;

    @Option(
            names = "--dead-letters-per-source",
            paramLabel = "N",
            defaultValue = "100000",
            description = {
                "Invalid, future and late letters that may wait of one source of a pipeline;",
                "past that its events are refused (default: ${DEFAULT-VALUE})."
            })
    private int lettersPerSource = LetterBudget.DEFAULT.letters();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (lettersPerSource < 1) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--dead-letters-per-source must be 1 or more, not " + lettersPerSource);
        }
        LetterBudget budget = new LetterBudget(lettersPerSource, LetterBudget.DEFAULT.bytes());
        MillraceServer server =
                MillraceServer.start(
                        ServerOptions.of(
                                        listen.host,
                                        listen.port,
                                        data,
                                        Optional.ofNullable(pipelines))
                                .withPlugins(Optional.ofNullable(plugins))
                                .withFiles(Optional.ofNullable(files))
                                .withEngine(EngineOptions.defaults().withLetterBudget(budget)));
        Shutdown.onSignal(server::stop);
        StartGarbage.giveBack();
        LOG.log(System.Logger.Level.INFO, "millrace is ready on {0}", server.address());
        return Shutdown.await();
    }
}
