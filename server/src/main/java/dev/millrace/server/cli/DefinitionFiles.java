package dev.millrace.server.cli;

import dev.millrace.server.client.MillraceClient;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What {@code apply} and {@code plan} have in common: definitions in files, and where they go. */
final class DefinitionFiles {
    @Mixin private final ClientOptions client = new ClientOptions();
    @Mixin private final BackfillOption backfill = new BackfillOption();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Definitions, in YAML or JSON.")
    private List<Path> files = List.of();

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    /**
     * Puts them, all that can be.
     *
     * @param dryRun only say what would happen
     * @return the exit code
     */
    int put(boolean dryRun) {
        ChangeReport report =
                new ChangeReport(
                        Objects.requireNonNull(spec).commandLine().getOut(),
                        spec.commandLine().getErr());
        boolean allDone = true;
        try (MillraceClient server = client.connect()) {
            Map<Path, DefinitionFile> definitions = new LinkedHashMap<>();
            for (Path file : files) {
                definitions.put(file, DefinitionFile.read(file));
            }
            for (Map.Entry<Path, DefinitionFile> entry : definitions.entrySet()) {
                DefinitionFile definition = entry.getValue();
                allDone &=
                        report.print(
                                entry.getKey().toString(),
                                server.putPipeline(
                                        definition.pipeline(),
                                        definition.text(),
                                        backfill.value(),
                                        dryRun),
                                dryRun ? "planned" : "changed");
            }
        }
        return allDone ? MillraceCommand.DONE : MillraceCommand.FAILED;
    }
}
