package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;
import dev.millrace.store.BackupReport;
import dev.millrace.store.Backups;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;

/** {@code millrace restore}: a data folder from a backup, without a server. */
@Command(
        name = "restore",
        description = {
            "Makes a data folder from a backup, which stays as it is.",
            "The backup is checked to the last byte; one that is damaged is refused."
        })
final class RestoreCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "What `millrace backup` made.")
    private Path backup = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "millrace-data",
            description =
                    "The data folder to make, which must not be there or be empty (default:"
                            + " ${DEFAULT-VALUE}).")
    private Path data = Path.of("millrace-data");

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        try {
            BackupReport report = Backups.restore(backup, data);
            Objects.requireNonNull(spec)
                    .commandLine()
                    .getOut()
                    .printf(
                            "%s: %,d bytes, as of %s%n",
                            report.directory(),
                            report.bytes(),
                            Instant.ofEpochMilli(report.takenAtMs()));
            return MillraceCommand.DONE;
        } catch (IllegalArgumentException wrong) {
            throw new MillraceException(
                    "the backup cannot be restored: " + wrong.getMessage(), wrong);
        }
    }
}
