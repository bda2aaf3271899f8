package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;
import dev.millrace.server.client.MillraceClient;
import dev.millrace.server.client.Reply;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;

/** {@code millrace backup}: a consistent copy of a running server's data. */
@Command(
        name = "backup",
        description = {
            "Makes a consistent copy of the data while the server runs.",
            "On one file system with the data it shares the large files and takes seconds. It is",
            "whole, or it is not there. `millrace restore` makes a data folder from it."
        })
final class BackupCommand implements Callable<Integer> {
    @Mixin private final ClientOptions client = new ClientOptions();

    @Parameters(
            paramLabel = "DIR",
            description =
                    "A folder on the server's machine that is not there yet, or is empty, outside"
                            + " of the data folder.")
    private Path directory = Path.of("");

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        try (MillraceClient server = client.connect()) {
            Reply reply = server.backup(directory.toAbsolutePath().normalize());
            if (!reply.succeeded()) {
                throw new MillraceException(reply.detail());
            }
            Objects.requireNonNull(spec)
                    .commandLine()
                    .getOut()
                    .printf(
                            "%s: %,d bytes, as of %s%n",
                            reply.body().path("directory").asString(""),
                            reply.body().path("bytes").asLong(0),
                            Instant.ofEpochMilli(reply.body().path("takenAt").asLong(0)));
            return MillraceCommand.DONE;
        }
    }
}
