package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** From a request to a file, through the whole server. */
class FileSinkRouteTest {
    private static final String WEB =
            """
            pipeline: web
            stages: [{name: views, aggregate: {window: {tumbling: 1m}, values: {n: count}}}]
            sinks: [{name: archive, from: [events], file: {directory: %s}}]
            """;

    @TempDir Path data;

    @Test
    void everyEventIsInAFileOnceWhenServersStopAndStart() throws IOException {
        for (int round = 0; round < 3; round++) {
            try (Api api = Api.start(data)) {
                api.put("web", WEB.formatted("all/events"));
                for (int i = 0; i < 5; i++) {
                    api.events(Api.event("e%d-%d".formatted(round, i))).hasStatus(202);
                }
                long delivered = 5L * (round + 1);
                await().untilAsserted(() ->
                        assertThat(api.get("/v1/pipelines/web/sinks").list("sinks"))
                                .singleElement()
                                .satisfies(sink ->
                                        assertThat(sink).containsEntry("cursor", delivered)));
            }
        }

        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(data.resolve("files/all/events"))) {
            for (Path file : files.filter(one -> one.toString().endsWith(".ndjson")).toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        assertThat(lines).hasSize(15).doesNotHaveDuplicates();
    }

    @Test
    void aDirectoryElsewhereIsRefusedWithItsPlace() {
        try (Api api = Api.start(data)) {
            assertThat(
                            api.put("web", WEB.formatted("../elsewhere"))
                                    .isProblem(422, "invalid-pipeline")
                                    .text())
                    .contains("/sinks/0/file", "the directory must be below");
        }
    }
}
