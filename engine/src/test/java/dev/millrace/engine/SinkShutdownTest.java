package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.connector.Connectors;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.Sink;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkKind;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.pipeline.DeclaredKind;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.StageServices;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

class SinkShutdownTest {
    private final CountDownLatch delivering = new CountDownLatch(2);
    private final Queue<Thread> deliverers = new ConcurrentLinkedQueue<>();
    private final Set<Thread> toldToStop = ConcurrentHashMap.newKeySet();
    private final Queue<Boolean> othersWereTold = new ConcurrentLinkedQueue<>();

    /**
     * A delivery that is broken off ends once all others are broken off too, or the host waits
     * before they are. Made by the thread that closes the host.
     */
    private final class Stubborn implements Sink, SinkKind {
        private final Thread host = Thread.currentThread();

        @Override
        public DeclaredKind declared() {
            return new DeclaredKind("stubborn", "{}", List.of());
        }

        @Override
        public Sink open(SinkContext context) {
            return this;
        }

        @Override
        public Delivery deliver(SinkBatch batch) {
            Thread deliverer = Thread.currentThread();
            deliverers.add(deliverer);
            delivering.countDown();
            while (!deliverer.isInterrupted()) {
                LockSupport.park(this);
            }
            toldToStop.add(deliverer);
            othersWereTold.add(areOthersTold());
            return new Delivery.RetryLater("it was broken off");
        }

        private boolean areOthersTold() {
            boolean hostWaits = false;
            while (!deliverers.stream().allMatch(this::isTold)) {
                if (hostWaits) {
                    return false;
                }
                Thread.onSpinWait();
                hostWaits = host.getState() == Thread.State.TIMED_WAITING;
            }
            return true;
        }

        /** The interrupt of one whose delivery has ended is cleared. */
        private boolean isTold(Thread deliverer) {
            return deliverer.isInterrupted() || toldToStop.contains(deliverer);
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /** Says whether it was interrupted while it closed. */
    private static final class Orderly implements Sink, SinkKind {
        private final CountDownLatch delivered = new CountDownLatch(1);
        private final Queue<Boolean> interrupted = new ConcurrentLinkedQueue<>();

        @Override
        public DeclaredKind declared() {
            return new DeclaredKind("orderly", "{}", List.of());
        }

        @Override
        public Sink open(SinkContext context) {
            return this;
        }

        @Override
        public Delivery deliver(SinkBatch batch) {
            delivered.countDown();
            return new Delivery.Delivered();
        }

        @Override
        public void close() {
            boolean before = Thread.currentThread().isInterrupted();
            // Long enough for an interrupt that comes behind.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            interrupted.add(before || Thread.currentThread().isInterrupted());
        }
    }

    @Test
    void aSinkClosesInPeace() throws InterruptedException {
        Orderly orderly = new Orderly();
        try (Engine engine = open(orderly)) {
            put(engine, "one", "orderly");
            orderly.delivered.await();
        }

        await().untilAsserted(() -> assertThat(orderly.interrupted).containsExactly(false));
    }

    @Test
    @Timeout(120)
    void sinksOfAllPipelinesAreStoppedAtOnce() throws InterruptedException {
        try (Engine engine = open(new Stubborn())) {
            put(engine, "one", "stubborn");
            put(engine, "two", "stubborn");
            delivering.await();
        }

        await().untilAsserted(() -> assertThat(othersWereTold).containsExactly(true, true));
    }

    private static Engine open(SinkKind kind) {
        return Engine.open(
                new MemoryStorage(),
                EngineOptions.defaults(),
                HandlerSource.NONE,
                StageServices.NONE,
                new Connectors(List.of(kind), List.of()));
    }

    /** A pipeline that has something to deliver. */
    private static void put(Engine engine, String name, String kind) {
        String definition =
                "pipeline: %s\nstages: []\nsinks: [{name: out, from: [events], %s: {}}]\n"
                        .formatted(name, kind);
        assertThat(engine.put(name, definition, SchemaSource.NONE, false))
                .isInstanceOf(PutOutcome.Created.class);
        assertThat(
                        engine.pipeline(name)
                                .orElseThrow()
                                .ingest(SinkShop.order(1).getBytes(UTF_8), BodyFormat.JSON))
                .isInstanceOf(IngestOutcome.Accepted.class);
    }
}
