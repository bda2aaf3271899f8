package dev.millrace.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code millrace apply}: puts pipeline definitions. */
@Command(
        name = "apply",
        description = {
            "Creates or changes pipelines from their definitions.",
            "A wrong file is refused whole, with all its errors; the other files are applied."
        })
final class ApplyCommand implements Callable<Integer> {
    @Mixin private final DefinitionFiles files = new DefinitionFiles();

    @Override
    public Integer call() {
        return files.put(false);
    }
}
