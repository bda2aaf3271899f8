package dev.millrace.server.cli;

import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code millrace serve}: the server, until a signal ends it. */
@Command(
        name = "serve",
        description = {
            "Runs the server.",
            "SIGTERM or SIGINT drains it and ends it within 30 seconds; a second one at once."
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

    @Override
    public Integer call() {
        MillraceServer server =
                MillraceServer.start(
                        ServerOptions.of(
                                        listen.host,
                                        listen.port,
                                        data,
                                        Optional.ofNullable(pipelines))
                                .withPlugins(Optional.ofNullable(plugins)));
        Shutdown.onSignal(server::close);
        LOG.log(System.Logger.Level.INFO, "millrace is ready on {0}", server.address());
        return Shutdown.await();
    }
}
