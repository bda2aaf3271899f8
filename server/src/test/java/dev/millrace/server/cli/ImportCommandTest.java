package dev.millrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

class ImportCommandTest {
    private static final String ACCESS =
            """
            pipeline: access
            key: data.ip
            outOfOrder: 1m
            stages:
              - {name: humans, filter: "!has(data.ua) || data.ua == null || !data.ua.contains('bot')"}
              - name: views
                aggregate: {window: {tumbling: 5m}, by: [data.path], values: {views: count, bytes: {sum: data.bytes}}}
            """;

    @TempDir Path folder;
    private TestServer server;

    @BeforeEach
    void startServer() {
        server = TestServer.start(folder.resolve("data"));
        server.put("access", ACCESS);
    }

    @AfterEach
    void closeServer() {
        server.close();
    }

    @Test
    void anAccessLogBecomesRows() throws IOException {
        Run run = importCombined(accessLog());

        assertThat(run)
                .isEqualTo(new Run(0, "5 accepted, 1 rejected" + System.lineSeparator(), ""));
        assertThat(rows())
                .containsExactlyInAnyOrder(
                        "1431857100000 /blog 2 1500",
                        "1431857100000 /docs/café 1 300",
                        "1431857400000 /blog 1 0");
    }

    @Test
    void aLineThatDoesNotParseIsADeadLetterAsItWas() throws IOException {
        importCombined(accessLog());

        JsonNode letters = server.get("access/dead-letters").path("deadLetters");
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).path("kind").asString()).isEqualTo("invalid");
        assertThat(Base64.getDecoder().decode(letters.get(0).path("raw").asString()))
                .asString()
                .isEqualTo(Files.readAllLines(accessLog()).get(5));
    }

    @Test
    void aFileThatIsSentAgainCountsOnce() throws IOException {
        importCombined(accessLog());
        List<String> rows = rows();

        assertThat(importCombined(accessLog()).out()).startsWith("5 accepted, 1 rejected");

        assertThat(rows()).isEqualTo(rows);
        assertThat(server.get("access/ledger").path("duplicate").asInt()).isEqualTo(5);
    }

    @Test
    void theSemicompleteLogGivesTheRowsThatWereCountedIndependently() throws IOException {
        Path shared = Path.of("../../shared/data");
        assumeTrue(Files.exists(shared), "shared data is not here");

        assertThat(importCombined(shared.resolve("semicomplete-access.log.gz")).out())
                .startsWith("9999 accepted, 1 rejected");

        List<String> expected = new ArrayList<>();
        for (String line : Files.readAllLines(shared.resolve("expected-views-tumbling-5m.tsv"))) {
            String[] fields = line.split("\t");
            if (fields[0].matches("[0-9]+")) {
                expected.add(String.join(" ", fields[0], fields[1], fields[2], fields[3]));
            }
        }
        assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void aRestartOfTheServerIsSurvived() throws IOException {
        Path events = events(4_000);

        CompletableFuture<Run> run =
                CompletableFuture.supplyAsync(
                        () -> importEvents(events, "--rate", "4000", "--advance"));
        await().until(() -> accepted() > 400);
        server.stop();
        server.startAgain();

        assertThat(run.join())
                .isEqualTo(new Run(0, "4000 accepted, 0 rejected" + System.lineSeparator(), ""));
        assertThat(rows().stream().mapToInt(row -> Integer.parseInt(row.split(" ")[2])).sum())
                .isEqualTo(4_000);
        assertThat(server.get("access/ledger").path("balanced").asBoolean()).isTrue();
    }

    @Test
    void aBatchThatIsLargerThanTheQueueIsSentInParts() throws IOException {
        server.put("access", ACCESS + "queueLimit: 100\n");

        assertThat(importEvents(events(2_500)).out()).startsWith("2500 accepted, 0 rejected");
    }

    /** A sink whose system is away fills its budget, until it is taken out of the pipeline. */
    @Test
    void aRefusalIsWaitedFor() throws IOException {
        server.put(
                "access",
                ACCESS
                        + """
                        sinks:
                          - name: away
                            from: [events]
                            budget: 1MiB
                            postgres: {url: "postgresql://127.0.0.1:1/none", table: events}
                        """);
        Path events = events(20_000);
        // So slow that the budget is full before the last of them is sent.
        CompletableFuture<Run> run =
                CompletableFuture.supplyAsync(() -> importEvents(events, "--rate", "2000"));
        await().until(() -> server.get("access/metrics").path("refused").asLong() > 0);
        assertThat(run).isNotDone();
        server.put("access", ACCESS);

        assertThat(run.join().out()).startsWith("20000 accepted, 0 rejected");

        assertThat(accepted()).isEqualTo(20_000);
        assertThat(server.get("access/ledger").path("duplicate").asLong()).isZero();
    }

    @Test
    void aLineThatTheServerCannotTakeIsNamed() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(events(10)));
        lines.set(6, "[".repeat(100) + "]".repeat(100));
        Path file = Files.write(folder.resolve("deep.ndjson"), lines);

        Run run = importEvents(file);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("millrace: " + file + ":7: ");
    }

    @Test
    void aPipelineThatIsNotThereIsNamed() throws IOException {
        Run run =
                Run.millrace(
                        "import",
                        events(1).toString(),
                        "--pipeline",
                        "none",
                        "--format",
                        "ndjson",
                        "--server",
                        server.address());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith(
                        "millrace: there is no pipeline \"none\" at "
                                + server.address()
                                + "; create it with `millrace apply FILE`");
    }

    @Test
    void withoutAdvanceTheLastWindowsStayOpen() throws IOException {
        importEvents(events(10));

        await().until(() -> !server.get("access/aggregates/views").path("rows").isEmpty());
        assertThat(server.get("access/aggregates/views").path("rows").valueStream())
                .noneMatch(row -> row.path("final").asBoolean());
    }

    @Test
    void everySettingMayComeFromTheEnvironment() throws IOException {
        Run run =
                Run.millrace(
                        Map.of(
                                "MILLRACE_SERVER", server.address(),
                                "MILLRACE_PIPELINE", "access",
                                "MILLRACE_FORMAT", "combined",
                                "MILLRACE_SOURCE", "site",
                                "MILLRACE_ADVANCE", "true"),
                        "import",
                        accessLog().toString(),
                        "--advance");

        assertThat(run.out()).startsWith("5 accepted, 1 rejected");
        assertThat(server.get("access/aggregates/views").path("rows").valueStream())
                .allMatch(row -> row.path("final").asBoolean());
    }

    private Run importCombined(Path file) {
        return Run.millrace(
                "import",
                file.toString(),
                "--pipeline",
                "access",
                "--format",
                "combined",
                "--source",
                "site",
                "--advance",
                "--server",
                server.address());
    }

    private Run importEvents(Path file, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "import",
                                file.toString(),
                                "--pipeline",
                                "access",
                                "--format",
                                "ndjson",
                                "--server",
                                server.address()));
        arguments.addAll(List.of(more));
        return Run.millrace(arguments.toArray(String[]::new));
    }

    private long accepted() {
        return server.get("access/ledger").path("accepted").asLong();
    }

    private Path accessLog() throws IOException {
        Path file = folder.resolve("access.log");
        try (InputStream in = getClass().getResourceAsStream("access.log")) {
            Files.write(file, Objects.requireNonNull(in).readAllBytes());
        }
        return file;
    }

    /** Page views of one path a second. */
    private Path events(int count) throws IOException {
        String lines =
                IntStream.range(0, count)
                        .mapToObj(i ->
                                "{\"id\": \"e%d\", \"type\": \"page_view\", \"source\": \"s\", \"timestamp\": %d, \"data\": {\"path\": \"/%d\"}}%n"
                                        .formatted(i, 1_431_857_100_000L + i, i % 10))
                        .collect(Collectors.joining());
        return Files.writeString(folder.resolve("e.ndjson"), lines);
    }

    /** All rows as {@code windowStart path views bytes}, a sum of nothing as 0. */
    private List<String> rows() {
        Map<String, String> rows = new TreeMap<>();
        String after = "";
        while (after != null) {
            JsonNode page =
                    server.get(
                            "access/aggregates/views?limit=1000"
                                    + (after.isEmpty() ? "" : "&after=" + after));
            for (JsonNode row : page.path("rows")) {
                String key =
                        row.path("windowStart").asString()
                                + " "
                                + row.path("group").path("data.path").asString();
                JsonNode values = row.path("values");
                rows.put(
                        key,
                        key
                                + " "
                                + values.path("views").asString()
                                + " "
                                + values.path("bytes").asLong(0));
            }
            JsonNode next = page.path("next");
            after = next.isString() ? next.asString() : null;
        }
        return List.copyOf(rows.values());
    }
}
