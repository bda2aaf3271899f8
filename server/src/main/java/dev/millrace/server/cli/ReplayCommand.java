package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;
import dev.millrace.server.client.MillraceClient;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** {@code millrace dead-letters replay P}: tries dead letters again, until the last is done. */
@Command(
        name = "replay",
        description = {
            "Tries dead letters again: those named, else those that match and are not parked.",
            "Exits with 1 if one of them failed again, or somebody stopped it."
        })
final class ReplayCommand implements Callable<Integer> {
    private static final long LOOK_EVERY_MS = 500;
    private static final int FAILURES_SHOWN = 20;

    @Mixin private final ClientOptions client = new ClientOptions();
    @Mixin private final LetterOptions letters = new LetterOptions();

    @Parameters(paramLabel = "P", description = "The pipeline.")
    private String pipeline = "";

    @Option(names = "--id", paramLabel = "ID", description = "This letter; may be given often.")
    private List<String> ids = List.of();

    @Option(
            names = "--patch",
            paramLabel = "FILE|JSON",
            description = "A JSON merge patch (RFC 7396) for every event before it is tried.")
    private @Nullable String patch;

    @Option(
            names = "--dry-run",
            fallbackValue = "true",
            description = "Only tell what would become of them.")
    private boolean dryRun;

    @Option(names = "--rate", paramLabel = "N", description = "At most N letters a second.")
    private @Nullable Double rate;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most N of those that match (default: what the server says, 100).")
    private @Nullable Integer limit;

    @Option(names = "--json", fallbackValue = "true", description = "As JSON, for scripts.")
    private boolean json;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        if (!ids.isEmpty() && !letters.given().isEmpty()) {
            throw new ParameterException(line, "--id names letters; leave the filter out");
        }
        String request = request(line).toString();
        try (MillraceClient server = client.connect()) {
            JsonNode report =
                    DeadLettersCommand.answer(
                            server.post(pipeline, "dead-letters/replay", request));
            report = follow(server, report, line.getErr());
            print(report, line.getOut());
            return failed(report) ? MillraceCommand.FAILED : MillraceCommand.DONE;
        }
    }

    private ObjectNode request(CommandLine line) {
        ObjectNode request = JsonMapper.shared().createObjectNode();
        if (!ids.isEmpty()) {
            ids.forEach(request.putArray("ids")::add);
        }
        letters.given().forEach(request::put);
        if (limit != null) {
            request.put("limit", limit);
        }
        if (rate != null) {
            request.put("ratePerSecond", rate);
        }
        if (dryRun) {
            request.put("dryRun", true);
        }
        if (patch != null) {
            request.set("patch", patch(patch, line));
        }
        return request;
    }

    /** JSON as it is given, or of the file that is named. */
    private static JsonNode patch(String given, CommandLine line) {
        boolean inline = given.stripLeading().startsWith("{");
        try {
            String text = inline ? given : Files.readString(Path.of(given));
            JsonNode patch = JsonMapper.shared().readTree(text);
            if (!patch.isObject()) {
                throw new ParameterException(line, "--patch must be a JSON object");
            }
            return patch;
        } catch (JacksonException e) {
            throw new ParameterException(line, "--patch is no JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new ParameterException(
                    line, "--patch names no file that can be read, and is no JSON: " + given, e);
        }
    }

    private JsonNode follow(MillraceClient server, JsonNode first, PrintWriter err) {
        JsonNode report = first;
        String told = "";
        boolean shown = false;
        while (!report.path("done").asBoolean(true)) {
            String held = SafeText.line(report.path("held").asString(""));
            if (!held.equals(told) && !held.isEmpty()) {
                err.println("millrace: the replay waits: " + held);
                err.flush();
            }
            told = held;
            if (Terminal.isThere()) {
                System.err.printf(
                        "\r%s, %d to go ", sum(report), report.path("remaining").asLong(0));
                shown = true;
            }
            pause();
            String id = MillraceClient.segment(report.path("replay").asString(""));
            report =
                    DeadLettersCommand.answer(
                            server.get(pipeline, "dead-letters/replays/" + id, Map.of()));
        }
        if (shown) {
            System.err.println();
        }
        return report;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException("interrupted while the replay goes on", e);
        }
    }

    private void print(JsonNode report, PrintWriter out) {
        if (json) {
            DeadLettersCommand.printJson(report, out);
            return;
        }
        int shown = 0;
        for (JsonNode outcome : report.path("outcomes")) {
            if (isFailure(outcome) && shown++ < FAILURES_SHOWN) {
                out.println(
                        SafeText.line(
                                "%s %s: %s"
                                        .formatted(
                                                outcome.path("id").asString(""),
                                                outcome.path("outcome").asString(""),
                                                outcome.path("message").asString(""))));
            }
        }
        String end = report.path("stopped").asBoolean(false) ? "; it was stopped" : "";
        out.println((dryRun ? "nothing was changed; it would be " : "") + sum(report) + end);
    }

    private static String sum(JsonNode report) {
        return "%d replayed, %d failed"
                .formatted(report.path("replayed").asLong(0), report.path("failed").asLong(0));
    }

    private static boolean failed(JsonNode report) {
        return report.path("failed").asLong(0) > 0
                || report.path("stopped").asBoolean(false)
                || report.path("outcomes").valueStream().anyMatch(ReplayCommand::isFailure);
    }

    private static boolean isFailure(JsonNode outcome) {
        return !outcome.path("outcome").asString("").equals("replayed");
    }
}
