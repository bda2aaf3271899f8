package dev.millrace.server.cli;

import dev.millrace.server.client.MillraceClient;
import dev.millrace.server.client.Reply;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
            Map<Path, DefinitionFile> definitions = new LinkedHashMap<>();
            for (Path file : files) {
                definitions.put(file, DefinitionFile.read(file));
            }
            for (Map.Entry<Path, DefinitionFile> entry : definitions.entrySet()) {
                allDone &= apply(entry.getKey(), entry.getValue(), server);
            }
        }
        return allDone ? MillraceCommand.DONE : MillraceCommand.FAILED;
    }

    private boolean apply(Path file, DefinitionFile definition, MillraceClient server) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Reply reply = server.putPipeline(definition.pipeline(), definition.text());
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
