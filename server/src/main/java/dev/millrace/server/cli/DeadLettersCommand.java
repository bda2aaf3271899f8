package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;
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

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/** {@code millrace dead-letters}: what failed, tried again or deleted. */
@Command(
        name = "dead-letters",
        description =
                "Shows the events that could not be processed, tries them again or deletes them.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DeadLettersCommand.ListCommand.class,
            DeadLettersCommand.SummaryCommand.class,
            DeadLettersCommand.ShowCommand.class,
            ReplayCommand.class,
            DeleteLettersCommand.class
        })
final class DeadLettersCommand implements Runnable {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        line.usage(line.getErr());
        throw new ParameterException(line, "name a command: list, summary, show, replay or delete");
    }

    /** The answer, or what the server has against it. */
    static JsonNode answer(Reply reply) {
        if (reply.succeeded()) {
            return reply.body();
        }
        throw new MillraceException(
                SafeText.line(
                        switch (reply.status()) {
                            case 401 -> "the server wants an API key; give one with --key";
                            case 403 -> "the API key does not allow this: " + reply.detail();
                            default -> reply.detail();
                        }));
    }

    static void printJson(JsonNode json, PrintWriter out) {
        out.println(SafeText.json(json.toPrettyString()));
    }

    static String time(JsonNode epochMs) {
        return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(
                Instant.ofEpochMilli(epochMs.asLong(0))
                        .atZone(ZoneId.systemDefault())
                        .truncatedTo(ChronoUnit.SECONDS));
    }

    /** {@code list P}. */
    @Command(name = "list", description = "Lists dead letters, the oldest first.")
    static final class ListCommand implements Callable<Integer> {
        private static final int PAGE_MAX = 1_000;

        @Mixin private final ClientOptions client = new ClientOptions();
        @Mixin private final LetterOptions letters = new LetterOptions();

        @Parameters(paramLabel = "P", description = "The pipeline.")
        private String pipeline = "";

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "100",
                description = "At most N letters (default: ${DEFAULT-VALUE}).")
        private int limit = 100;

        @Option(names = "--after", paramLabel = "ID", description = "Those after this one.")
        private @Nullable String after;

        @Option(
                names = "--summary",
                fallbackValue = "true",
                description = "By cause, as `millrace dead-letters summary` does.")
        private boolean summary;

        @Option(
                names = "--json",
                fallbackValue = "true",
                description = "One JSON object a line, for scripts.")
        private boolean json;

        @Spec private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            CommandLine line = Objects.requireNonNull(spec).commandLine();
            if (limit < 1) {
                throw new ParameterException(line, "--limit must be 1 or more, not " + limit);
            }
            try (MillraceClient server = client.connect()) {
                if (summary) {
                    SummaryCommand.print(server, pipeline, letters, json, line.getOut());
                } else {
                    list(server, line.getOut());
                }
            }
            return MillraceCommand.DONE;
        }

        private void list(MillraceClient server, PrintWriter out) {
            Table table = new Table("ID", "KIND", "STAGE", "TRIES", "LAST FAILED", "SOURCE", "WHY");
            String next = after;
            int left = limit;
            do {
                Map<String, String> query = new LinkedHashMap<>(letters.given());
                query.put("limit", Integer.toString(Math.min(left, PAGE_MAX)));
                if (next != null) {
                    query.put("after", next);
                }
                JsonNode page = answer(server.get(pipeline, "dead-letters", query));
                for (JsonNode letter : page.path("deadLetters")) {
                    left--;
                    if (json) {
                        out.println(SafeText.line(letter.toString()));
                    } else {
                        add(table, letter);
                    }
                }
                next = page.path("next").isString() ? page.path("next").asString() : null;
            } while (next != null && left > 0);
            if (!json) {
                table.print(out);
                if (next != null) {
                    out.println("There are more: --after " + SafeText.line(next));
                }
            }
        }

        private static void add(Table table, JsonNode letter) {
            table.add(
                    letter.path("id").asString(""),
                    letter.path("kind").asString("")
                            + (letter.path("parked").asBoolean(false) ? " (parked)" : ""),
                    letter.path("stage").asString("-"),
                    letter.path("attempts").asInt(0),
                    time(letter.path("lastFailedAt")),
                    letter.path("source").asString("-"),
                    letter.path("message").asString(""));
        }
    }

    /** {@code summary P}. */
    @Command(
            name = "summary",
            description = "Counts dead letters by cause, the most frequent first.")
    static final class SummaryCommand implements Callable<Integer> {
        @Mixin private final ClientOptions client = new ClientOptions();
        @Mixin private final LetterOptions letters = new LetterOptions();

        @Parameters(paramLabel = "P", description = "The pipeline.")
        private String pipeline = "";

        @Option(names = "--json", fallbackValue = "true", description = "As JSON, for scripts.")
        private boolean json;

        @Spec private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            try (MillraceClient server = client.connect()) {
                print(
                        server,
                        pipeline,
                        letters,
                        json,
                        Objects.requireNonNull(spec).commandLine().getOut());
            }
            return MillraceCommand.DONE;
        }

        static void print(
                MillraceClient server,
                String pipeline,
                LetterOptions letters,
                boolean json,
                PrintWriter out) {
            JsonNode summary =
                    answer(server.get(pipeline, "dead-letters/summary", letters.given()));
            if (json) {
                printJson(summary, out);
                return;
            }
            Table table = new Table("COUNT", "KIND", "STAGE", "FINGERPRINT", "LAST FAILED", "WHY");
            for (JsonNode cause : summary.path("summary")) {
                table.add(
                        cause.path("count").asLong(0),
                        cause.path("kind").asString(""),
                        cause.path("stage").asString("-"),
                        cause.path("fingerprint").asString(""),
                        time(cause.path("lastFailedAt")),
                        cause.path("message").asString(""));
            }
            table.print(out);
            out.printf(
                    "%,d dead letters%s%n",
                    summary.path("counted").asLong(0),
                    summary.path("complete").asBoolean(true) ? "" : "; not all causes are listed");
        }
    }

    /** {@code show P ID}. */
    @Command(name = "show", description = "Shows one dead letter, with its event.")
    static final class ShowCommand implements Callable<Integer> {
        @Mixin private final ClientOptions client = new ClientOptions();

        @Parameters(index = "0", paramLabel = "P", description = "The pipeline.")
        private String pipeline = "";

        @Parameters(index = "1", paramLabel = "ID", description = "The letter.")
        private String id = "";

        @Spec private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            try (MillraceClient server = client.connect()) {
                JsonNode letter =
                        answer(
                                server.get(
                                        pipeline,
                                        "dead-letters/" + MillraceClient.segment(id),
                                        Map.of()));
                printJson(letter, Objects.requireNonNull(spec).commandLine().getOut());
            }
            return MillraceCommand.DONE;
        }
    }
}
