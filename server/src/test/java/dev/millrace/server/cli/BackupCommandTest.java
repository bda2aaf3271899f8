package dev.millrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code backup} and {@code restore}, with a real server that takes events meanwhile. */
class BackupCommandTest {
    private static final String WEB =
            """
            pipeline: web
            partitions: 2
            stages:
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [data.path], values: {views: count, ms: {sum: data.ms}}}
            """;

    private static final int BATCH = 50;

    @TempDir Path folder;
    private Path backup;
    private Path restored;
    private TestServer server;

    @BeforeEach
    void startServer() {
        backup = folder.resolve("backups/monday");
        restored = folder.resolve("restored");
        server = TestServer.start(folder.resolve("data"));
        server.put("web", WEB);
    }

    @AfterEach
    void closeServer() {
        server.close();
    }

    @Test
    void aBackupHoldsTheRowsOfItsMomentAndTheLedgerBalances() {
        for (int batch = 0; batch < 10; batch++) {
            send(server, batch);
        }
        JsonNode rows = settledRows(server);
        Run made = backup(backup.toString());
        assertThat(made.err()).isEmpty();
        assertThat(made.exitCode()).isZero();
        assertThat(made.out()).startsWith(backup + ": ");
        send(server, 10);

        assertThat(restore().exitCode()).isZero();
        try (TestServer copy = TestServer.start(restored)) {
            assertThat(settledRows(copy)).isEqualTo(rows);
            assertThat(copy.get("web/ledger").path("balanced").asBoolean()).isTrue();
            assertThat(copy.get("web/ledger").path("received").asInt()).isEqualTo(10 * BATCH);
        }
    }

    @Test
    void aBackupUnderLoadHoldsAllThatWasAcknowledgedAndKnowsItsDuplicates() {
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> sending =
                CompletableFuture.runAsync(() -> {
                    while (!enough.get()) {
                        send(server, acknowledged.get());
                        acknowledged.incrementAndGet();
                    }
                });
        await().until(() -> acknowledged.get() > 50 || sending.isDone());
        int before = acknowledged.get();
        Run made = backup(backup.toString());
        enough.set(true);
        sending.join();
        assertThat(made.err()).isEmpty();
        assertThat(restore().err()).isEmpty();

        try (TestServer copy = TestServer.start(restored)) {
            settledRows(copy);
            JsonNode ledger = copy.get("web/ledger");
            int held = ledger.path("received").asInt();
            assertThat(ledger.path("balanced").asBoolean()).as("%s", ledger).isTrue();
            assertThat(held).isBetween(before * BATCH, acknowledged.get() * BATCH);
            assertThat(ledger.path("completed").asInt()).isEqualTo(held);
            for (int batch = 0; batch < acknowledged.get(); batch++) {
                send(copy, batch);
            }
            assertThat(values(settledRows(copy))).isEqualTo(values(settledRows(server)));
            assertThat(copy.get("web/ledger").path("duplicate").asInt()).isEqualTo(held);
            assertThat(copy.get("web/ledger").path("balanced").asBoolean()).isTrue();
        }
    }

    @Test
    void whatCannotBeDoneIsSaidInASentence() throws IOException {
        fails(backup(folder.resolve("data/inside").toString()), "must lie apart");
        Files.createDirectories(backup);
        Files.writeString(backup.resolve("mine"), "");
        fails(backup(backup.toString()), "is not empty");
        fails(restore(), "is no backup");
        Files.delete(backup.resolve("mine"));
        assertThat(backup(backup.toString()).exitCode()).isZero();
        Files.createDirectories(restored);
        Files.writeString(restored.resolve("mine"), "");
        fails(restore(), "is not empty");

        assertThat(Run.millrace("backup").exitCode()).isEqualTo(2);
        assertThat(Run.millrace("restore").exitCode()).isEqualTo(2);
        assertThat(Run.millrace("backup", "--help").out()).contains("while the server runs");
        assertThat(Run.millrace("restore", "--help").out()).contains("--data");
        fails(Run.millrace("backup", "x", "--server", "http://127.0.0.1:1"), "http://127.0.0.1:1");
    }

    private static void fails(Run run, String because) {
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("millrace: ").contains(because).hasLineCount(1);
    }

    private Run backup(String directory) {
        return Run.millrace("backup", directory, "--server", server.address());
    }

    private Run restore() {
        return Run.millrace("restore", backup.toString(), "--data", restored.toString());
    }

    private static JsonNode settledRows(TestServer of) {
        await().until(() -> of.get("web/ledger").path("inFlight").asInt(-1) == 0);
        return of.get("web/aggregates/views?limit=1000").path("rows");
    }

    /** What no restart may change. */
    private static List<String> values(JsonNode rows) {
        return rows.valueStream()
                .map(row -> row.path("group") + " " + row.path("values"))
                .sorted()
                .toList();
    }

    private static void send(TestServer to, int batch) {
        StringBuilder events = new StringBuilder("[");
        for (int i = 0; i < BATCH; i++) {
            int id = batch * BATCH + i;
            events.append(i == 0 ? "" : ",")
                    .append(
                            "{\"id\":\"e%d\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":1700000000000,\"data\":{\"path\":\"/%d\",\"ms\":%d}}"
                                    .formatted(id, id % 7, id % 100));
        }
        JsonNode receipt = to.post("web/events", events.append("]").toString());
        assertThat(receipt.path("accepted").asInt()).as("%s", receipt).isEqualTo(BATCH);
    }
}
