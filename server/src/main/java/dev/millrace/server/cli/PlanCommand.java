package dev.millrace.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code millrace plan}: says what applying definitions would do. */
@Command(
        name = "plan",
        description = {
            "Says what applying definitions would keep, rebuild or lose, and why.",
            "Nothing is changed."
        })
final class PlanCommand implements Callable<Integer> {
    @Mixin private final DefinitionFiles files = new DefinitionFiles();

    @Override
    public Integer call() {
        return files.put(true);
    }
}
