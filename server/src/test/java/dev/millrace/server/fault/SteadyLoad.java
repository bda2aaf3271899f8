package dev.millrace.server.fault;

import dev.millrace.testing.server.ServerApi;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One client that sends so many events a second, of a hundred pages, until it is closed; fewer
 * where the pipeline takes no more.
 */
final class SteadyLoad implements AutoCloseable {
    private static final int BATCHES_PER_SECOND = 10;
    private static final int PAGES = 100;

    private final ServerApi api;
    private final String pipeline;
    private final int perSecond;
    private final Queue<String> refusals = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private long sent;
    private volatile boolean stopping;

    SteadyLoad(ServerApi api, String pipeline, int perSecond) {
        this.api = api;
        this.pipeline = pipeline;
        this.perSecond = perSecond;
        this.thread = Thread.ofVirtual().start(this::run);
    }

    private void run() {
        int batch = perSecond / BATCHES_PER_SECOND;
        long beatNanos = TimeUnit.SECONDS.toNanos(1) / BATCHES_PER_SECOND;
        long next = System.nanoTime();
        while (!stopping) {
            send(batch);
            next += beatNanos;
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private void send(int batch) {
        List<String> events = new ArrayList<>(batch);
        long now = System.currentTimeMillis();
        for (int i = 0; i < batch; i++, sent++) {
            events.add(event("e" + sent, now, "/page/" + sent % PAGES));
        }
        ServerApi.Answer answer = api.ingest(pipeline, events);
        while (isTooFast(answer)) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(answer.number("retryAfterSeconds")));
            answer = api.ingest(pipeline, events);
        }
        if (answer.status() != 202) {
            refusals.add(answer.toString());
        }
    }

    /** Whether the pipeline cannot keep up by itself: no sink holds it back. */
    private static boolean isTooFast(ServerApi.Answer answer) {
        return answer.status() == 429
                && answer.json().get("bottleneck") instanceof String bottleneck
                && !bottleneck.startsWith("sink:");
    }

    static String event(String id, long timestampMs, String path) {
        return "{\"id\":\"%s\",\"type\":\"page_view\",\"source\":\"site\",\"timestamp\":%d,\"data\":{\"path\":\"%s\"}}"
                .formatted(id, timestampMs, path);
    }

    /** Answers other than 202, but for those to wait for the pipeline itself. */
    List<String> refusals() {
        return List.copyOf(refusals);
    }

    /** Events sent, once it is closed. */
    long sent() {
        return sent;
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
