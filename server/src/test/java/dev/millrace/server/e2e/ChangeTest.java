package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.testing.server.Seed;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.server.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A pipeline is changed while events come in, and the server is killed in the midst of the backfill
 * that follows. {@code -Dmillrace.backfill.events=N} has so many events there before the change,
 * {@code -Dmillrace.backfill.rate=N} so many a second come in beside it.
 */
class ChangeTest {
    private static final int EVENTS = Integer.getInteger("millrace.backfill.events", 150_000);
    private static final int RATE = Integer.getInteger("millrace.backfill.rate", 2_000);
    private static final int BATCH = 500;
    private static final long DAY_MS = 86_400_000;

    private static final String VALUES =
            "{n: count, bytes: {sum: data.bytes}, visitors: {distinct: data.visitor}}";

    private static final String FIRST =
            """
            pipeline: web
            key: data.visitor
            stages:
              - {name: good, filter: data.status < 400}
              - name: views
                aggregate: {window: {tumbling: 5m}, by: [data.path], values: {n: count}, late: correct}
              - name: there
                aggregate: {window: {tumbling: 5m}, by: [data.path], values: %s, late: correct}
            """
                    .formatted(VALUES);

    private static final String CHANGED = FIRST.replace("values: {n: count}", "values: " + VALUES);

    @TempDir Path data;
    private final Random random = new Random(Seed.print("ChangeTest"));
    private final AtomicReference<ServerApi> api = new AtomicReference<>();
    private final List<String> sent = new ArrayList<>();
    private volatile boolean enough;
    private int number;

    @Test
    void aggregateBackfilledOverADayEqualsOneThatWasThereFromTheStart() throws Exception {
        long began;
        try (ServerProcess first = Servers.start(data)) {
            api.set(first.api());
            first.api().put("web", FIRST).hasStatus(201);
            long nowMs = System.currentTimeMillis();
            for (int i = 0; i < EVENTS; i += BATCH) {
                send(nowMs - DAY_MS + i * DAY_MS / EVENTS);
            }
            first.api().settledLedger("web");

            CompletableFuture<Void> live = CompletableFuture.runAsync(this::sendOn);
            began = System.nanoTime();
            first.api().put("web?backfill=24h", CHANGED).hasStatus(200);
            await().atMost(Duration.ofMinutes(5))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> isPartlyDone(backfill(first.api())));
            report("killed while", backfill(first.api()), began);
            first.kill9();

            try (ServerProcess second = Servers.start(data)) {
                api.set(second.api());
                began = System.nanoTime();
                await().atMost(Duration.ofMinutes(10))
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> backfill(second.api()) == null);
                report("through with", null, began);
                Map<?, ?> latency =
                        (Map<?, ?>) second.api().get("web/metrics").json().get("latencyMs");
                System.out.println("ChangeTest: latency of live events beside it: " + latency);
                enough = true;
                live.get(5, TimeUnit.MINUTES);
                second.api().settledLedger("web").requireBalanced();
                second.api().advance("web");

                List<Map<String, Object>> there = rows(second.api(), "there");
                assertThat(there).hasSizeGreaterThan(1_000);
                assertThat(rows(second.api(), "views")).containsExactlyElementsOf(there);
                System.out.printf(
                        "ChangeTest: %d events, %d rows are equal%n", number, there.size());
            }
        }
    }

    private static void report(String what, Object backfill, long sinceNanos) {
        System.out.printf(
                "ChangeTest: %s %s after %d ms%n",
                what, backfill, (System.nanoTime() - sinceNanos) / 1_000_000);
    }

    private static Map<?, ?> backfill(ServerApi of) {
        return (Map<?, ?>) of.get("web/metrics").hasStatus(200).json().get("backfill");
    }

    /** Or done already. */
    private static boolean isPartlyDone(Map<?, ?> backfill) {
        return backfill == null || ((Number) backfill.get("done")).doubleValue() > 0.2;
    }

    /** As they are but for the aggregate's name and the commits. */
    private static List<Map<String, Object>> rows(ServerApi of, String aggregate) {
        return of.rows("web", aggregate).stream()
                .map(row -> {
                    Map<String, Object> plain = new HashMap<>(row);
                    plain.remove("aggregate");
                    plain.remove("revision");
                    return plain;
                })
                .toList();
    }

    private void sendOn() {
        long startNanos = System.nanoTime();
        long batches = 0;
        while (!enough) {
            send(System.currentTimeMillis());
            batches++;
            long dueNanos = startNanos + batches * BATCH * TimeUnit.SECONDS.toNanos(1) / RATE;
            long aheadNanos = dueNanos - System.nanoTime();
            if (aheadNanos > 0) {
                pause(aheadNanos);
            } else {
                // A server that was away is not flooded afterwards.
                startNanos -= aheadNanos;
            }
        }
    }

    private static void pause(long nanos) {
        LockSupport.parkNanos(nanos);
    }

    /** One batch, again and again until it is accepted. */
    private void send(long timestampMs) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            events.add(event(timestampMs + i));
        }
        await("a server takes events")
                .atMost(Duration.ofMinutes(1))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> isAccepted(events));
    }

    private boolean isAccepted(List<String> events) {
        try {
            return api.get().ingest("web", events).status() == 202;
        } catch (UncheckedIOException away) {
            return false;
        }
    }

    /**
     * Some come twice, some fail in a stage before the aggregates. A path has 250 visitors, so that
     * distinct counts are exact.
     */
    private String event(long timestampMs) {
        if (!sent.isEmpty() && random.nextInt(20) == 0) {
            return sent.get(random.nextInt(sent.size()));
        }
        int visitor = random.nextInt(5_000);
        String status =
                random.nextInt(200) == 0 ? "\"none\"" : random.nextInt(10) == 0 ? "404" : "200";
        String event =
                """
                {"id":"e%d","type":"view","source":"s","timestamp":%d,"data":{"visitor":"v%d","path":"/%d","status":%s,"bytes":%d}}\
                """
                        .formatted(
                                number++,
                                timestampMs,
                                visitor,
                                visitor % 20,
                                status,
                                random.nextInt(10_000));
        if (sent.size() < 10_000) {
            sent.add(event);
        } else {
            sent.set(random.nextInt(sent.size()), event);
        }
        return event;
    }
}
