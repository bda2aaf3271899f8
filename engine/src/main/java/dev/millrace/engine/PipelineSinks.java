package dev.millrace.engine;

import dev.millrace.core.connector.Connectors;
import dev.millrace.core.pipeline.SinkDefinition;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.task.PipelineProgram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The workers of one pipeline's sinks, one a sink on a virtual thread. Safe for use by many
 * threads.
 */
final class PipelineSinks {
    /** What a sink is told is done by then, unless its system is away. */
    private static final Duration DONE_WITHIN = Duration.ofSeconds(10);

    /** While nothing is delivered nobody knows when there will be room. */
    private static final int UNKNOWN_SECONDS = 30;

    private static final int LONGEST_SECONDS = 300;

    private final PipelineStore store;
    private final Outboxes outboxes;
    private final Connectors connectors;
    private final SinkWatch watch;
    private final HostClock clock;
    private final long lettersPerSink;
    private final SinkShapes shapes;
    private final Supplier<?> awaitCommit;
    private final Map<String, Running> running = new HashMap<>();
    private List<SinkDefinition> definitions = List.of();
    private int version;
    private boolean started;
    private boolean closed;

    private record Running(SinkWorker worker, Thread thread) {
        void stop() {
            worker.stop(thread);
        }
    }

    /**
     * @param lettersPerSink that may wait
     * @param awaitCommit returns once what was settled before is durable
     */
    PipelineSinks(
            PipelineStore store,
            Outboxes outboxes,
            Connectors connectors,
            SinkWatch watch,
            HostClock clock,
            long lettersPerSink,
            Supplier<?> awaitCommit) {
        this.store = store;
        this.outboxes = outboxes;
        this.connectors = connectors;
        this.watch = watch;
        this.clock = clock;
        this.lettersPerSink = lettersPerSink;
        this.shapes = new SinkShapes(store);
        this.awaitCommit = awaitCommit;
    }

    /** Delivers from now on. */
    synchronized void start() {
        started = true;
        adopt();
    }

    /** A commit was made under these sinks for the first time. */
    synchronized void adopt(PipelineProgram program) {
        definitions = program.definition().sinks();
        version = program.version().version();
        adopt();
    }

    private void adopt() {
        if (!started || closed) {
            return;
        }
        running.entrySet()
                .removeIf(entry -> {
                    boolean gone =
                            definitions.stream()
                                    .noneMatch(one -> one.name().equals(entry.getKey()));
                    if (gone) {
                        entry.getValue().stop();
                    }
                    return gone;
                });
        for (SinkDefinition definition : definitions) {
            Running its = running.get(definition.name());
            if (its == null) {
                outboxes.queue(definition.name()).ifPresent(queue -> run(definition, queue));
            } else {
                its.worker().redefine(definition, version);
            }
        }
    }

    private void run(SinkDefinition definition, SinkQueue queue) {
        SinkWorker worker =
                new SinkWorker(
                        store,
                        queue,
                        definition,
                        version,
                        connectors,
                        shapes,
                        watch,
                        clock,
                        lettersPerSink,
                        awaitCommit);
        Thread thread =
                Thread.ofVirtual()
                        .name("millrace-sink-" + store.pipeline() + "-" + definition.name())
                        .start(worker);
        running.put(definition.name(), new Running(worker, thread));
    }

    /** In the order of the definition. */
    synchronized List<SinkStatus> statuses() {
        List<SinkStatus> statuses = new ArrayList<>();
        for (SinkDefinition definition : definitions) {
            Running its = running.get(definition.name());
            if (its != null) {
                statuses.add(its.worker().status());
            }
        }
        return statuses;
    }

    /**
     * The sink whose budget is used up, and in how many seconds there may be room; empty while
     * there is.
     */
    Optional<Full> full() {
        return outboxes.full().map(queue -> new Full(queue.sink(), secondsFor(queue)));
    }

    /**
     * @param seconds 1 or more
     */
    record Full(String sink, int seconds) {}

    private synchronized int secondsFor(SinkQueue queue) {
        Running its = running.get(queue.sink());
        if (its == null) {
            return UNKNOWN_SECONDS;
        }
        SinkStatus status = its.worker().status();
        double itemsPerSecond = status.perSecond();
        if (itemsPerSecond <= 0 || status.lagItems() == 0) {
            return UNKNOWN_SECONDS;
        }
        double bytesPerSecond = itemsPerSecond * status.lagBytes() / status.lagItems();
        return Math.clamp(
                (long) Math.ceil(queue.excessBytes() / bytesPerSecond), 1, LONGEST_SECONDS);
    }

    /** Durably; empty if there is no such sink. */
    Optional<SinkStatus> pause(String sink) {
        return change(sink, queue -> queue.pause(true));
    }

    /**
     * Goes on, durably.
     *
     * @param takeOver whatever cursor the system has
     */
    Optional<SinkStatus> resume(String sink, boolean takeOver) {
        return change(
                sink,
                queue -> {
                    if (takeOver) {
                        queue.tell(new SinkCommand.TakeOver());
                    } else if (queue.state().stopped().isPresent()) {
                        queue.tell(new SinkCommand.LookAgain());
                    }
                    queue.pause(false);
                });
    }

    /**
     * Has a sink deliver again what is kept.
     *
     * @param to position; empty: the first that is kept
     */
    Optional<SinkStatus> rewind(String sink, OptionalLong to) {
        return change(sink, queue -> queue.tell(new SinkCommand.Rewind(to.orElse(0))));
    }

    /** Durable when it returns; what the sink was told is done by then, or still pending. */
    private Optional<SinkStatus> change(String sink, Consumer<SinkQueue> change) {
        Optional<SinkQueue> queue = outboxes.queue(sink);
        Optional<SinkWorker> worker;
        synchronized (this) {
            worker = Optional.ofNullable(running.get(sink)).map(Running::worker);
        }
        if (queue.isEmpty() || worker.isEmpty()) {
            return Optional.empty();
        }
        failIfClosed();
        change.accept(queue.get());
        Object _ = awaitCommit.get();
        if (queue.get().state().command().isPresent()) {
            awaitDone(queue.get());
            Object _ = awaitCommit.get();
        }
        return Optional.of(worker.get().status());
    }

    private void awaitDone(SinkQueue queue) {
        long until = System.nanoTime() + DONE_WITHIN.toNanos();
        try {
            long left = DONE_WITHIN.toNanos();
            while (left > 0) {
                long seen = queue.changes();
                if (queue.state().command().isEmpty()) {
                    return;
                }
                failIfClosed();
                queue.awaitChange(seen, left);
                left = until - System.nanoTime();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException("interrupted while a sink was told", interrupted);
        }
    }

    private synchronized void failIfClosed() {
        if (closed) {
            throw new StorageException("the server is stopping");
        }
    }

    /** Takes up nothing more; what is under way is broken off, and the next host delivers it. */
    void stop() {
        synchronized (this) {
            closed = true;
            running.values().forEach(Running::stop);
        }
    }

    /** Waits for those that were stopped, but not longer than that. */
    void awaitStopped(Duration patience) {
        List<Running> stopped;
        synchronized (this) {
            stopped = List.copyOf(running.values());
            running.clear();
        }
        long until = System.nanoTime() + patience.toNanos();
        try {
            for (Running one : stopped) {
                long leftMs = (until - System.nanoTime()) / 1_000_000;
                one.thread().join(Math.max(1, leftMs));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
