package dev.millrace.server.cli;

import dev.millrace.server.client.Reply;

import tools.jackson.databind.JsonNode;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Tells what a change of a pipeline does, stage by stage, or why it is refused. */
final class ChangeReport {
    private final PrintWriter out;
    private final PrintWriter err;

    ChangeReport(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Prints the answer to a change.
     *
     * @param what was to be changed, as the user named it
     * @param done words for a change that was made, or is only planned
     * @return whether it was not refused
     */
    boolean print(String what, Reply reply, String done) {
        if (!reply.succeeded()) {
            refusal(what, reply);
            return false;
        }
        JsonNode plan = reply.body().path("plan");
        out.printf(
                "%s: version %d (%s)%n",
                reply.body().path("pipeline").asString(""),
                reply.body().path("version").asInt(0),
                outcome(reply.status(), plan, done));
        table(plan);
        return true;
    }

    private void refusal(String what, Reply reply) {
        if (reply.errors().isEmpty()) {
            err.println("millrace: " + what + ": " + reply.detail());
        }
        for (Reply.Flaw error : reply.errors()) {
            String line = error.line().isPresent() ? ":" + error.line().getAsInt() : "";
            String pointer = error.pointer().isEmpty() ? "" : error.pointer() + ": ";
            err.println(what + line + ": " + pointer + error.detail());
        }
    }

    private void table(JsonNode plan) {
        List<JsonNode> entries = new ArrayList<>();
        plan.forEach(entries::add);
        int stages = width(entries, "stage");
        int effects = width(entries, "effect");
        for (JsonNode entry : entries) {
            String line = "  %-" + stages + "s  %-" + effects + "s  %s";
            out.println(
                    line.formatted(
                                    entry.path("stage").asString(""),
                                    entry.path("effect").asString(""),
                                    entry.path("detail").asString(""))
                            .stripTrailing());
        }
    }

    private static int width(List<JsonNode> entries, String column) {
        return entries.stream()
                .mapToInt(entry -> entry.path(column).asString("").length())
                .reduce(1, Math::max);
    }

    private static String outcome(int status, JsonNode plan, String done) {
        if (status == 201) {
            return "new";
        }
        boolean same =
                plan.valueStream()
                        .allMatch(entry -> entry.path("effect").asString("").equals("kept"));
        return same ? "unchanged" : done;
    }
}
