package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.server.Ledger;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.server.ServerApi.Answer;
import dev.millrace.testing.server.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * More events than a slow pipeline can take, from clients that wait when told and such that do not.
 */
class FloodTest {
    private static final int BATCH = 100;
    private static final int QUEUE_LIMIT = 1_000;

    /** Many times what a thousand of these events take. */
    private static final long WAIT_SECONDS_MAX = 30;

    private static final int WARM_UP_BATCHES = 4;
    private static final int PATIENT_CLIENTS = 8;
    private static final int PATIENT_BATCHES = 4;
    private static final int RUDE_CLIENTS = 8;
    private static final int RUDE_BATCHES = 50;

    /** The stage {@code slow} takes 1,000 steps an event. */
    private static final String SLOW =
            """
            pipeline: slow
            queueLimit: 1000
            stages:
              - {name: quick, filter: "type == 'order'"}
              - name: slow
                filter: >-
                  [0,1,2,3,4,5,6,7,8,9].all(a, [0,1,2,3,4,5,6,7,8,9].all(b,
                  [0,1,2,3,4,5,6,7,8,9].all(c, a + b + c + int(data.amount) >= 0)))
              - name: orders
                aggregate: {window: {tumbling: 1d}, by: [source, data.batch], values: {orders: count}}
            """;

    @TempDir Path folder;

    private final Set<String> acceptedBatches = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Answer> refusals = new ConcurrentLinkedQueue<>();

    @Test
    @Timeout(120)
    void aFloodIsHeldBackInWholeBatchesAndPatientClientsGetEverythingIn() throws Exception {
        try (ServerProcess server = Servers.start(folder);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            ServerApi api = server.api();
            api.put("slow", SLOW).hasStatus(201);
            warmUp(api);

            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < RUDE_CLIENTS; i++) {
                String source = "rude-" + i;
                running.add(clients.submit(() -> sendWithoutWaiting(api, source)));
            }
            for (int i = 0; i < PATIENT_CLIENTS; i++) {
                String source = "patient-" + i;
                running.add(clients.submit(() -> sendUntilTaken(api, source)));
            }
            for (Future<?> client : running) {
                client.get();
            }
            report();

            assertThat(refusals).isNotEmpty();
            assertThat(mostFrequent("bottleneck")).isIn("stage:slow", "storage");
            assertThat(acceptedBatches)
                    .filteredOn(batch -> batch.startsWith("patient"))
                    .hasSize(PATIENT_CLIENTS * PATIENT_BATCHES);
            Ledger ledger = api.settledLedger("slow").requireBalanced();
            assertThat(ledger.accepted()).isEqualTo((long) BATCH * acceptedBatches.size());
            assertThat(ledger.completed()).isEqualTo(ledger.accepted());
            assertThat(api.rows("slow", "orders"))
                    .allSatisfy(
                            row -> assertThat(row).containsEntry("values", Map.of("orders", 100L)))
                    .extracting(FloodTest::batchOf)
                    .containsExactlyInAnyOrderElementsOf(acceptedBatches);
        }
    }

    /** Which stage is the slow one is known once some events have passed. */
    private void warmUp(ServerApi api) {
        for (int batch = 0; batch < WARM_UP_BATCHES; batch++) {
            assertThat(isTaken(api.ingest("slow", events("first", batch)), "first", batch))
                    .isTrue();
        }
        Ledger _ = api.settledLedger("slow");
    }

    /** Sends each batch once, whatever the answer. */
    private void sendWithoutWaiting(ServerApi api, String source) {
        for (int batch = 0; batch < RUDE_BATCHES; batch++) {
            boolean _ = isTaken(api.ingest("slow", events(source, batch)), source, batch);
        }
    }

    /** Waits as long as {@code Retry-After} says, and sends again. */
    private Void sendUntilTaken(ServerApi api, String source) throws InterruptedException {
        for (int batch = 0; batch < PATIENT_BATCHES; batch++) {
            Answer answer = api.ingest("slow", events(source, batch));
            while (!isTaken(answer, source, batch)) {
                TimeUnit.SECONDS.sleep(answer.number("retryAfterSeconds"));
                answer = api.ingest("slow", events(source, batch));
            }
        }
        return null;
    }

    private boolean isTaken(Answer answer, String source, int batch) {
        if (answer.status() == 429) {
            requireHonestRefusal(answer);
            refusals.add(answer);
            return false;
        }
        answer.hasStatus(202);
        assertThat(answer.number("accepted")).isEqualTo(BATCH);
        assertThat(answer.number("rejected")).isZero();
        acceptedBatches.add(source + "/" + batch);
        return true;
    }

    private static List<String> events(String source, int batch) {
        long nowMs = System.currentTimeMillis();
        return IntStream.range(0, BATCH)
                .mapToObj(i ->
                        """
                        {"id":"%d-%d","type":"order","source":"%s","timestamp":%d,"data":{"batch":%d,"amount":%d}}\
                        """
                                .formatted(batch, i, source, nowMs, batch, i))
                .toList();
    }

    private static String batchOf(Map<String, Object> row) {
        Map<?, ?> group = (Map<?, ?>) row.get("group");
        return group.get("source") + "/" + group.get("data.batch");
    }

    private static void requireHonestRefusal(Answer answer) {
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        String seconds = answer.header("Retry-After").orElse("");
        assertThat(seconds).matches("[1-9][0-9]*");
        assertThat(Long.parseLong(seconds)).isLessThanOrEqualTo(WAIT_SECONDS_MAX);
        assertThat(answer.json())
                .containsEntry("type", "urn:millrace:queue-full")
                .containsEntry("status", 429L)
                .containsEntry("queueLimit", (long) QUEUE_LIMIT)
                .containsEntry("retryAfterSeconds", Long.valueOf(seconds));
        assertThat(answer.number("queueDepth")).isBetween(0L, (long) QUEUE_LIMIT);
        assertThat(answer.json().get("bottleneck"))
                .asString()
                .matches("stage:(quick|slow|orders)|storage");
    }

    private void report() {
        System.out.printf(
                "FloodTest: %d batches taken, %d times 429; Retry-After %s; bottleneck %s%n",
                acceptedBatches.size(),
                refusals.size(),
                counts("retryAfterSeconds"),
                counts("bottleneck"));
    }

    private Object mostFrequent(String member) {
        return counts(member).entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private Map<Object, Long> counts(String member) {
        return refusals.stream()
                .collect(
                        Collectors.groupingBy(
                                refusal -> refusal.json().get(member), Collectors.counting()));
    }
}
