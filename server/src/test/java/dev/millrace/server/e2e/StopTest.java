package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.testing.server.Ledger;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.server.ServerApi.Answer;
import dev.millrace.testing.server.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Ends and starts that an operator sees. */
class StopTest {
    private static final int CLIENTS = 4;
    private static final int BATCH = 100;

    private static final String ORDERS =
            """
            pipeline: orders
            stages:
              - name: orders
                aggregate: {window: {tumbling: 1d}, by: [data.batch], values: {orders: count}}
            """;

    @TempDir Path data;

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

    @Test
    void whatWasAcknowledgedBeforeSigtermIsThereAfterTheNextStart() throws Exception {
        try (ServerProcess server = Servers.start(data);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            server.api().put("orders", ORDERS).hasStatus(201);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                running.add(clients.submit(() -> sendUntilItEnds(server.api(), client)));
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.size() >= 40);

            assertThat(server.terminate()).as(server.output()).isZero();

            for (Future<?> client : running) {
                client.get();
            }
        }
        try (ServerProcess server = Servers.start(data)) {
            assertThat(server.output()).doesNotContain("from its journal");
            Ledger ledger = server.api().ledger("orders").requireBalanced();
            List<Map<String, Object>> rows = server.api().rows("orders", "orders");

            assertThat(rows)
                    .allSatisfy(row ->
                            assertThat(row)
                                    .containsEntry("values", Map.of("orders", (long) BATCH)));
            Set<String> counted = rows.stream().map(StopTest::batchOf).collect(Collectors.toSet());
            System.out.printf(
                    "StopTest: %d batches acknowledged until the end, %d counted%n",
                    acknowledged.size(), counted.size());
            assertThat(counted).containsAll(acknowledged);
            assertThat(ledger.accepted()).isEqualTo((long) BATCH * counted.size());
            assertThat(ledger.completed()).isEqualTo(ledger.accepted());
        }
    }

    private void sendUntilItEnds(ServerApi api, int client) {
        try {
            for (int i = 0; ; i++) {
                String batch = client + "-" + i;
                Answer answer = api.ingest("orders", events(batch));
                if (answer.status() == 503) {
                    return;
                }
                if (answer.status() != 429) {
                    answer.hasStatus(202);
                    acknowledged.add(batch);
                }
            }
        } catch (UncheckedIOException gone) {
            // The server has ended, as it was told to.
        }
    }

    private static List<String> events(String batch) {
        return IntStream.range(0, BATCH)
                .mapToObj(i ->
                        """
                        {"id":"%s-%d","type":"order","source":"s","timestamp":1430000000000,"data":{"batch":"%s"}}\
                        """
                                .formatted(batch, i, batch))
                .toList();
    }

    private static String batchOf(Map<String, Object> row) {
        return (String) ((Map<?, ?>) row.get("group")).get("data.batch");
    }

    @Test
    void aSecondServerOnTheSameDataIsRefused() {
        try (ServerProcess first = Servers.start(data);
                ServerProcess second = Servers.launch(data)) {
            assertThat(second.exitCode()).isEqualTo(1);

            assertThat(second.output()).containsPattern("(?m)^millrace: .*" + data + ".*$");
            first.api().put("orders", ORDERS).hasStatus(201);
        }
    }
}
