package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.e2e.AccessPipeline.Import;
import dev.millrace.testing.server.Ledger;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.server.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Producers with wrong clocks, silence, a stopped process: as a user meets them. */
class ClockTest {
    private static final String VIEWS =
            """
            pipeline: web
            outOfOrder: 1s
            partitions: 2
            stages:
              - name: views
                aggregate: {window: {tumbling: %s}, values: {views: count}, lateness: %s}
            """;
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final long YEAR_2099_MS = 4_070_908_800_000L;

    @TempDir Path folder;

    private static String event(String id, long timestampMs) {
        return "{\"id\":\"%s\",\"type\":\"view\",\"source\":\"site\",\"timestamp\":%d,\"data\":{}}"
                .formatted(id, timestampMs);
    }

    private static List<String> events(String prefix, int count, long timestampMs) {
        return IntStream.range(0, count).mapToObj(i -> event(prefix + i, timestampMs)).toList();
    }

    private static List<Object> views(ServerApi api) {
        return api.rows("web", "views").stream()
                .map(row -> ((Map<?, ?>) row.get("values")).get("views"))
                .map(Object.class::cast)
                .toList();
    }

    @Test
    void aWindowClosesInSilence() {
        try (ServerProcess server = Servers.start(folder.resolve("data"))) {
            ServerApi api = server.api();
            api.put("web", VIEWS.formatted("1s", "0s")).hasStatus(201);
            api.ingest("web", List.of(event("e", System.currentTimeMillis()))).hasStatus(202);

            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(api.rows("web", "views"))
                                    .singleElement()
                                    .satisfies(row -> {
                                        assertThat(row).containsEntry("final", true);
                                        assertThat(row.get("values"))
                                                .isEqualTo(Map.of("views", 1L));
                                    }));
        }
    }

    @Test
    void aFarFutureIsADeadLetterAndMakesNobodyLate() {
        try (ServerProcess server = Servers.start(folder.resolve("data"))) {
            ServerApi api = server.api();
            api.put("web", VIEWS.formatted("1d", "1s")).hasStatus(201);
            long nowMs = System.currentTimeMillis();

            var answer = api.ingest("web", List.of(event("2099", YEAR_2099_MS))).hasStatus(202);
            assertThat(answer.number("rejected")).isEqualTo(1);
            api.ingest("web", events("fast", 10, nowMs + Duration.ofMinutes(4).toMillis()))
                    .hasStatus(202);
            api.ingest("web", events("ordinary", 1_000, nowMs)).hasStatus(202);

            Ledger ledger = api.settledLedger("web").requireBalanced();
            assertThat(ledger.completed()).isEqualTo(1_010);
            assertThat(ledger.late()).containsEntry("views", 0L);
            assertThat(api.letters("web", "future"))
                    .singleElement()
                    .satisfies(letter ->
                            assertThat((Map<?, ?>) letter.get("event"))
                                    .extracting("id")
                                    .isEqualTo("2099"));
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(views(api).stream().mapToLong(n -> (long) n).sum())
                                    .isEqualTo(1_010));
        }
    }

    @Test
    void lateEventsThatAreReplayedCorrectTheClosedRowByExactlyThose() {
        try (ServerProcess server = Servers.start(folder.resolve("data"))) {
            ServerApi api = server.api();
            api.put("web", VIEWS.formatted("5m", "1m")).hasStatus(201);
            long windowMs = 1_700_000_100_000L;
            api.ingest("web", events("in-time-", 3, windowMs)).hasStatus(202);
            api.advance("web");
            api.ingest("web", events("far-on-", 40, windowMs + 3_600_000)).hasStatus(202);
            api.advance("web");
            api.ingest("web", events("late-", 2, windowMs + 1)).hasStatus(202);
            Ledger ledger = api.settledLedger("web").requireBalanced();
            assertThat(ledger.late()).containsEntry("views", 2L);
            assertThat(api.letters("web", "late")).hasSize(2);
            Map<String, Object> closed = api.rows("web", "views").getFirst();
            assertThat(closed.get("values")).isEqualTo(Map.of("views", 3L));

            var replay = api.replay("web", "{\"kind\": \"late\"}").hasStatus(200);

            assertThat(replay.number("replayed")).isEqualTo(2);
            Map<String, Object> corrected = api.rows("web", "views").getFirst();
            assertThat(corrected.get("values")).isEqualTo(Map.of("views", 5L));
            assertThat(corrected).containsEntry("final", true);
            assertThat((long) corrected.get("revision"))
                    .isGreaterThan((long) closed.get("revision"));
            assertThat(api.letters("web", "late")).isEmpty();
            api.settledLedger("web").requireBalanced();
        }
    }

    @Test
    void historyIsCountedInALivePipelineAndClosesNothing() throws IOException {
        Path old = folder.resolve("old.ndjson");
        long lastYearMs = System.currentTimeMillis() - Duration.ofDays(30).toMillis();
        Files.write(old, events("old-", 5, lastYearMs));
        try (ServerProcess server = Servers.start(folder.resolve("data"))) {
            ServerApi api = server.api();
            api.put("web", VIEWS.formatted("1d", "1s")).hasStatus(201);
            api.ingest("web", events("live-", 2, System.currentTimeMillis())).hasStatus(202);
            api.settledLedger("web");

            Import imported =
                    AccessPipeline.run(
                            "import",
                            old.toString(),
                            "--pipeline",
                            "web",
                            "--format",
                            "ndjson",
                            "--history",
                            "--server",
                            api.address().toString());

            assertThat(imported).isEqualTo(new Import(0, "5 accepted, 0 rejected", ""));
            Ledger ledger = api.settledLedger("web").requireBalanced();
            assertThat(ledger.late()).containsEntry("views", 0L);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(views(api)).containsExactly(5L, 2L));
        }
    }

    @Test
    void aProcessThatWasStoppedDoesNotLeapAheadWhenItGoesOn() throws Exception {
        try (ServerProcess server = Servers.start(folder.resolve("data"))) {
            ServerApi api = server.api();
            api.put("web", VIEWS.formatted("1d", "0s")).hasStatus(201);
            long nowMs = System.currentTimeMillis();
            api.ingest("web", events("before-", 4, nowMs)).hasStatus(202);
            api.settledLedger("web");

            server.stopFor(5);

            long watermarkMs = api.metric("web", "watermark");
            assertThat(watermarkMs).isLessThan(System.currentTimeMillis() - 3_000);
            api.ingest("web", events("after-", 4, nowMs)).hasStatus(202);
            assertThat(api.settledLedger("web").requireBalanced().late())
                    .containsEntry("views", 0L);
        }
    }
}
