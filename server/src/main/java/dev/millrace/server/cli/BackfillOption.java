package dev.millrace.server.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Optional;

/** The flag of commands that change pipelines. */
final class BackfillOption {
    @Option(
            names = "--backfill",
            paramLabel = "TIME",
            description = {
                "Give aggregates that are new or start anew what was received in the last TIME,",
                "like 24h, from the journal."
            })
    private @Nullable String backfill;

    Optional<String> value() {
        return Optional.ofNullable(backfill);
    }
}
