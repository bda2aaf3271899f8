package dev.millrace.server.cli;

import dev.millrace.server.client.MillraceClient;
import dev.millrace.server.client.Reply;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.io.Console;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/** {@code millrace dead-letters delete P}: deletes dead letters for good. */
@Command(
        name = "delete",
        description = "Deletes dead letters for good: those named, or those that match.")
final class DeleteLettersCommand implements Callable<Integer> {
    @Mixin private final ClientOptions client = new ClientOptions();
    @Mixin private final LetterOptions letters = new LetterOptions();

    @Parameters(index = "0", paramLabel = "P", description = "The pipeline.")
    private String pipeline = "";

    @Parameters(index = "1..*", paramLabel = "ID", description = "Letters by name.")
    private List<String> ids = List.of();

    @Option(
            names = "--yes",
            fallbackValue = "true",
            description = "Do not ask before letters are deleted by filter.")
    private boolean yes;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        if (ids.isEmpty() == letters.given().isEmpty()) {
            throw new ParameterException(
                    line,
                    "name letters, or say which by --kind, --stage, --fingerprint or --source");
        }
        try (MillraceClient server = client.connect()) {
            return ids.isEmpty() ? matching(server, line) : named(server, line);
        }
    }

    private int named(MillraceClient server, CommandLine line) {
        boolean all = true;
        long deleted = 0;
        for (String id : ids) {
            Reply reply =
                    server.delete(pipeline, "dead-letters/" + MillraceClient.segment(id), Map.of());
            if (reply.succeeded()) {
                deleted++;
            } else {
                line.getErr().println("millrace: " + SafeText.line(reply.detail()));
                all = false;
            }
        }
        line.getOut().println(deleted + " deleted");
        return all ? MillraceCommand.DONE : MillraceCommand.FAILED;
    }

    private int matching(MillraceClient server, CommandLine line) {
        if (!yes && !confirmed(server, line)) {
            line.getOut().println("nothing was deleted");
            return MillraceCommand.FAILED;
        }
        long deleted = 0;
        JsonNode answer;
        do {
            answer =
                    DeadLettersCommand.answer(
                            server.delete(pipeline, "dead-letters", letters.given()));
            deleted += answer.path("deleted").asLong(0);
        } while (!answer.path("done").asBoolean(true));
        line.getOut().println(deleted + " deleted");
        return MillraceCommand.DONE;
    }

    private boolean confirmed(MillraceClient server, CommandLine line) {
        if (!Terminal.isThere()) {
            throw new ParameterException(
                    line, "nobody is here to be asked; --yes deletes without asking");
        }
        JsonNode summary =
                DeadLettersCommand.answer(
                        server.get(pipeline, "dead-letters/summary", letters.given()));
        Console console = Objects.requireNonNull(System.console(), "a terminal is there");
        String typed =
                console.readLine(
                        "Delete %d dead letters of %s for good? Type yes: ",
                        summary.path("counted").asLong(0), pipeline);
        return "yes".equals(typed);
    }
}
