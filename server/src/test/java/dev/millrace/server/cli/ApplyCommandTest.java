package dev.millrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class ApplyCommandTest {
    private static final String WEB =
            """
            pipeline: web
            stages:
              - name: people
                filter: "type == 'page_view'"
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [source], values: {views: count}}
            """;

    @TempDir Path folder;
    private TestServer server;

    @BeforeEach
    void startServer() {
        server = TestServer.start(folder.resolve("data"));
    }

    @AfterEach
    void closeServer() {
        server.close();
    }

    @Test
    void saysWhatBecameOfEveryFileAndItsStages() throws IOException {
        Run first = apply(file("web.yaml", WEB));
        assertThat(first.exitCode()).isZero();
        assertThat(first.out().lines())
                .startsWith("web: version 1 (new)")
                .anyMatch(line -> line.matches("  people +new +.*"))
                .anyMatch(line -> line.matches("  views +new +.*"));

        assertThat(apply(file("web.yaml", WEB + "# the same\n")).out())
                .startsWith("web: version 1 (unchanged)");

        Run changed = apply(file("web.yaml", WEB.replace("page_view", "view")));
        assertThat(changed.out().lines())
                .startsWith("web: version 2 (changed)")
                .anyMatch(line -> line.matches("  people +changed +.*"))
                .anyMatch(line -> line.matches("  views +kept +.*"));
        assertThat(changed.err()).isEmpty();
    }

    @Test
    void planShowsWhatApplyWouldDoAndRollbackUndoesIt() throws IOException {
        assertThat(apply(file("web.yaml", WEB)).exitCode()).isZero();
        Path changed = file("web.yaml", WEB.replace("tumbling: 1m", "tumbling: 5m"));

        Run planned = command("plan", "--backfill", "24h", changed.toString());
        assertThat(planned.exitCode()).isZero();
        assertThat(planned.out().lines())
                .startsWith("web: version 2 (planned)")
                .anyMatch(line -> line.matches("  views +rebuilt +window changed.*backfilled.*"));
        assertThat(apply(file("same.yaml", WEB)).out()).startsWith("web: version 1 (unchanged)");

        assertThat(command("apply", "--backfill", "24h", changed.toString()).out())
                .startsWith("web: version 2 (changed)");
        assertThat(command("rollback", "web", "1", "--dry-run").out())
                .startsWith("web: version 3 (planned)");
        assertThat(command("rollback", "web", "1").out()).startsWith("web: version 3 (changed)");

        Run never = command("rollback", "web", "9");
        assertThat(never.exitCode()).isEqualTo(1);
        assertThat(never.err()).contains("never had a version 9");
        Run far = command("plan", "--backfill", "90d", changed.toString());
        assertThat(far.exitCode()).isEqualTo(1);
        assertThat(far.err()).contains("retention of 7d");
        assertThat(command("rollback", "web").exitCode()).isEqualTo(2);
    }

    @Test
    void aWrongFileListsAllItsErrorsWithTheirLines() throws IOException {
        Path wrong =
                file(
                        "wrong.yaml",
                        """
                        pipeline: wrong
                        outOfOrder: soon
                        stages:
                          - name: people
                            filter: "data.x =="
                        """);
        Path right = file("web.yaml", WEB);

        Run run = apply(wrong, right);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).startsWith("web: version 1 (new)");
        assertThat(run.err().lines()).hasSize(2);
        assertThat(run.err().lines())
                .anyMatch(line -> line.startsWith(wrong + ":2: /outOfOrder: "))
                .anyMatch(line -> line.startsWith(wrong + ":5: /stages/0/filter: "));
    }

    @Test
    void whatIsNoYamlIsToldWithItsLine() throws IOException {
        Path broken = file("broken.yaml", "pipeline: web\nstages: [\n");

        Run run = apply(broken);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith(broken + ":");
    }

    @Test
    void aDefinitionWithoutANameIsToldSo() throws IOException {
        Path nameless = file("nameless.yaml", "stages: []\n");

        Run run = apply(nameless);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("pipeline");
    }

    @Test
    void aSchemaFileBesideTheDefinitionGoesWithIt() throws IOException {
        file("event.json", "{\"type\": \"object\",\n \"required\": [\"data\"]}");
        Path yaml =
                file("web.yaml", WEB.replace("stages:", "schema: event.json # beside\nstages:"));
        Path json =
                file(
                        "app.json",
                        "{\"pipeline\": \"app\", \"schema\": \"event.json\", \"stages\": []}");

        Run run = apply(yaml, json);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(server.get("web").path("definition").path("schema").path("required").get(0))
                .hasToString("\"data\"");
        assertThat(server.get("app").path("definition").path("schema").path("type").asString())
                .isEqualTo("object");
    }

    @Test
    void tablesBesideTheDefinitionAreNamedByTheirAbsolutePath() throws IOException {
        Path table = file("sites.csv", "id,plan\ns,pro\n");
        String stages =
                """
                stages:
                  - name: site
                    enrich: {table: sites.csv, match: source, into: data.site}
                  - name: again
                    enrich: {match: source, into: data.more, 'table': "sites.csv"}
                """;
        Run run = apply(file("web.yaml", "pipeline: web\n" + stages));

        assertThat(run.err()).isEmpty();
        for (int stage : new int[] {0, 1}) {
            assertThat(
                            server.get("web")
                                    .at("/definition/stages/" + stage + "/enrich/table")
                                    .asString())
                    .isEqualTo(table.toAbsolutePath().toString());
        }
    }

    @Test
    void aTableThatIsNowhereIsToldWithItsPlace() throws IOException {
        Path definition =
                file(
                        "web.yaml",
                        """
                        pipeline: web
                        stages:
                          - name: site
                            enrich: {table: sites.csv, match: source, into: data.site}
                        """);

        Run run = apply(definition);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith(definition + ":4: /stages/0/enrich").contains("sites.csv");
    }

    @Test
    void nothingIsAppliedIfAFileCannotBeRead() throws IOException {
        Run run = apply(file("web.yaml", WEB), folder.resolve("none.yaml"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(server.get("web").path("status").asInt()).isEqualTo(404);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private Run apply(Path... files) {
        List<String> arguments = new ArrayList<>(List.of("apply"));
        Arrays.stream(files).map(Path::toString).forEach(arguments::add);
        return command(arguments.toArray(String[]::new));
    }

    private Run command(String... words) {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--server", server.address()));
        return Run.millrace(arguments.toArray(String[]::new));
    }
}
