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

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

/** {@code millrace apply}: puts pipeline definitions. */
@Command(
        name = "apply",
        description = {
            "Creates or changes pipelines from their definitions.",
            "A wrong file is refused whole, with all its errors; the other files are applied."
        })
final class ApplyCommand implements Callable<Integer> {
    @Mixin private final ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Definitions, in YAML or JSON.")
    private List<Path> files = List.of();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        boolean allDone = true;
        try (MillraceClient server = client.connect()) {
            for (Path file : files) {
                allDone &= apply(file, server);
            }
        }
        return allDone ? MillraceCommand.DONE : MillraceCommand.FAILED;
    }

    private boolean apply(Path file, MillraceClient server) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        byte[] definition = read(file);
        Reply reply = server.putPipeline(PipelineName.of(file, definition), definition);
        if (reply.succeeded()) {
            report(reply, out);
            return true;
        }
        if (reply.errors().isEmpty()) {
            err.println("millrace: " + file + ": " + reply.detail());
        }
        for (Reply.Flaw error : reply.errors()) {
            String line = error.line().isPresent() ? ":" + error.line().getAsInt() : "";
            String pointer = error.pointer().isEmpty() ? "" : error.pointer() + ": ";
            err.println(file + line + ": " + pointer + error.detail());
        }
        return false;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new MillraceException("there is no file " + file, e);
        } catch (IOException e) {
            throw new MillraceException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static void report(Reply reply, PrintWriter out) {
        JsonNode plan = reply.body().path("plan");
        out.printf(
                "%s: version %d (%s)%n",
                reply.body().path("pipeline").asString(""),
                reply.body().path("version").asInt(0),
                outcome(reply.status(), plan));
        for (JsonNode entry : plan) {
            String detail = entry.path("detail").asString("");
            out.printf(
                    "  %s: %s%s%n",
                    entry.path("stage").asString(""),
                    entry.path("effect").asString(""),
                    detail.isEmpty() ? "" : ", " + detail);
        }
    }

    private static String outcome(int status, JsonNode plan) {
        if (status == 201) {
            return "new";
        }
        boolean same =
                plan.valueStream()
                        .allMatch(entry -> entry.path("effect").asString("").equals("kept"));
        return same ? "unchanged" : "changed";
    }
}
