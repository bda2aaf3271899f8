package dev.millrace.server.cli;

import dev.millrace.server.client.MillraceClient;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.Objects;
import java.util.concurrent.Callable;

/** {@code millrace rollback}: goes back to what an earlier version of a pipeline said. */
@Command(
        name = "rollback",
        description = {
            "Gives a pipeline a new version that says what an earlier one said.",
            "What the change keeps, rebuilds or loses is shown; --dry-run only shows it."
        })
final class RollbackCommand implements Callable<Integer> {
    @Mixin private final ClientOptions client = new ClientOptions();
    @Mixin private final BackfillOption backfill = new BackfillOption();

    @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline's name.")
    private String pipeline = "";

    @Parameters(index = "1", paramLabel = "VERSION", description = "The version to go back to.")
    private int version;

    @Option(names = "--dry-run", description = "Only show what would happen.")
    private boolean dryRun;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        ChangeReport report =
                new ChangeReport(
                        Objects.requireNonNull(spec).commandLine().getOut(),
                        spec.commandLine().getErr());
        try (MillraceClient server = client.connect()) {
            boolean done =
                    report.print(
                            pipeline,
                            server.rollback(pipeline, version, backfill.value(), dryRun),
                            dryRun ? "planned" : "changed");
            return done ? MillraceCommand.DONE : MillraceCommand.FAILED;
        }
    }
}
