package dev.millrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class DeadLettersCommandTest {
    private static final String WEB =
            """
            pipeline: web
            stages:
              - {name: known, filter: "data.known == 1"}
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [source], values: {views: count}}
            """;

    @TempDir Path folder;
    private TestServer server;

    @BeforeEach
    void startServer() {
        server = TestServer.start(folder.resolve("data"));
        server.put("web", WEB);
    }

    @AfterEach
    void closeServer() {
        server.close();
    }

    @Test
    void listsWhatMatchesAsATable() {
        fail("a", 2);
        fail("b", 1);

        Run all = run("list", "web");
        assertThat(all.exitCode()).isZero();
        assertThat(all.out().lines()).hasSize(4);
        assertThat(all.out().lines().findFirst().orElseThrow()).startsWith("ID").endsWith("WHY");
        assertThat(run("list", "web", "--source", "b").out().lines()).hasSize(2);
        assertThat(run("list", "web", "--kind", "late").out().lines()).hasSize(1);
        assertThat(run("list", "web", "--limit", "1").out()).contains("There are more: --after ");
        assertThat(run("list", "web", "--json").out().lines())
                .hasSize(3)
                .allSatisfy(line ->
                        assertThat(JsonMapper.shared().readTree(line).path("kind").asString())
                                .isEqualTo("stage"));
    }

    @Test
    void countsByCause() {
        fail("a", 3);

        assertThat(run("summary", "web").out()).contains("3      stage").contains("3 dead letters");
        assertThat(run("list", "web", "--summary").out()).isEqualTo(run("summary", "web").out());
    }

    @Test
    void whatAProducerWroteCannotDriveTheTerminal() {
        String hostile = "\\u001b[31m\\u009b2J\\u202eevil\\r\\n";
        server.post(
                "web/events",
                "[{\"id\":\"%s\",\"type\":\"t\",\"source\":\"%s\",\"timestamp\":\"%s\"}]"
                        .formatted("x", hostile, hostile));
        JsonNode letter = awaited(1).getFirst();

        for (Run run :
                List.of(
                        run("list", "web"),
                        run("list", "web", "--json"),
                        run("summary", "web"),
                        run("show", "web", letter.path("id").asString()))) {
            assertThat(run.exitCode()).isZero();
            assertThat(run.out().lines())
                    .allSatisfy(line -> assertThat(line).doesNotContainPattern("\\p{C}"));
        }
        JsonNode shown =
                JsonMapper.shared()
                        .readTree(run("show", "web", letter.path("id").asString()).out());
        assertThat(shown.path("source")).isEqualTo(letter.path("source"));
    }

    @Test
    void replaysUntilAllIsDoneAndSaysWhatFailedAgain() {
        fail("a", 2);

        Run again = run("replay", "web", "--kind", "stage");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.out()).contains("0 replayed, 2 failed").contains(" failed: ");

        server.put("web", WEB.replace("data.known == 1", "!has(data.known)"));
        String id = awaited(2).getFirst().path("id").asString();
        Run one = run("replay", "web", "--id", id);
        assertThat(one.exitCode()).isZero();
        assertThat(one.out()).contains("1 replayed, 0 failed");
        assertThat(run("replay", "web", "--json").out()).contains("\"replayed\" : 1");
        awaited(0);
    }

    @Test
    void replaysWithAPatchAtARateAndDry() throws IOException {
        fail("a", 3);
        Path patch = folder.resolve("patch.json");
        Files.writeString(patch, "{\"data\": {\"known\": 1}}");

        Run dry = run("replay", "web", "--source", "a", "--patch", patch.toString(), "--dry-run");
        assertThat(dry.exitCode()).as(dry.err()).isZero();
        assertThat(dry.out()).contains("nothing was changed; it would be 3 replayed, 0 failed");
        awaited(3);

        Run run =
                run(
                        "replay",
                        "web",
                        "--patch",
                        "{\"data\": {\"known\": 1}}",
                        "--rate",
                        "50",
                        "--limit",
                        "2");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("2 replayed, 0 failed");
        awaited(1);
    }

    @Test
    void deletesByNameAndByFilterButNotUnasked() {
        fail("a", 3);
        String id = awaited(3).getFirst().path("id").asString();

        assertThat(run("delete", "web", id).out()).startsWith("1 deleted");
        assertThat(run("delete", "web", id).exitCode()).isEqualTo(1);
        assertThat(run("delete", "web").exitCode()).isEqualTo(2);
        assertThat(run("delete", "web", "--kind", "stage").err()).contains("--yes");
        awaited(2);
        assertThat(run("delete", "web", "--kind", "stage", "--yes").out()).startsWith("2 deleted");
        awaited(0);
    }

    @Test
    void wrongUsageAndRefusalsAreOneSentence() {
        assertThat(run("list", "nowhere").exitCode()).isEqualTo(1);
        assertThat(run("list", "web", "--kind", "odd").err()).contains("no kind 'odd'");
        assertThat(run("list", "web", "--limit", "0").exitCode()).isEqualTo(2);
        assertThat(run("replay", "web", "--patch", "{").exitCode()).isEqualTo(2);
        assertThat(run("replay", "web", "--patch", "[1]").exitCode()).isEqualTo(2);
        assertThat(Run.millrace("dead-letters").exitCode()).isEqualTo(2);
    }

    /** Events that stage {@code known} fails on. */
    private void fail(String source, int events) {
        int before = letters().size();
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            sent.add(
                    "{\"id\":\"%s%d\",\"type\":\"t\",\"source\":\"%s\",\"timestamp\":%d}"
                            .formatted(source, i, source, System.currentTimeMillis()));
        }
        server.post("web/events", sent.toString());
        awaited(before + events);
    }

    private List<JsonNode> awaited(int count) {
        await().untilAsserted(() -> assertThat(letters()).hasSize(count));
        return letters();
    }

    private List<JsonNode> letters() {
        return server.get("web/dead-letters").path("deadLetters").valueStream().toList();
    }

    private Run run(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of("dead-letters", command));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--server", server.address()));
        return Run.millrace(all.toArray(String[]::new));
    }
}
