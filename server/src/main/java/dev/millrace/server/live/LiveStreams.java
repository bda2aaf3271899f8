package dev.millrace.server.live;

import dev.millrace.engine.Engine;
import dev.millrace.engine.Pipeline;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/** All live streams of a server. Safe for use by many threads. */
public final class LiveStreams implements AutoCloseable {
    private final Engine engine;
    private final LiveJson json;
    private final LiveLimits limits;
    private final LiveBudget budget;
    private final AtomicInteger readers = new AtomicInteger();

    /** By pipeline, those that run; under the lock. */
    private final Map<String, LiveThread> threads = new HashMap<>();

    private boolean closed;

    public LiveStreams(Engine engine, LiveJson json, LiveLimits limits) {
        this.engine = engine;
        this.json = json;
        this.limits = limits;
        this.budget = new LiveBudget(limits);
    }

    /**
     * Lets a reader in. Its stream begins with a snapshot, or with what it missed since {@code
     * lastId} where that is known. Once the server stops, it ends at once.
     *
     * @param query of aggregates and group fields that the pipeline has
     * @return empty if there is no room; the caller closes what it gets
     */
    public Optional<LiveReader> subscribe(Pipeline pipeline, LiveQuery query, OptionalLong lastId) {
        if (readers.incrementAndGet() > limits.readers()) {
            readers.decrementAndGet();
            return Optional.empty();
        }
        LiveReader reader = new LiveReader(limits, budget, readers::decrementAndGet);
        if (!join(pipeline, new LiveHub.Join(reader, query, lastId))) {
            reader.close();
            return Optional.empty();
        }
        return Optional.of(reader);
    }

    private synchronized boolean join(Pipeline pipeline, LiveHub.Join join) {
        if (closed) {
            join.reader().end();
            return true;
        }
        LiveThread running = threads.get(pipeline.name());
        boolean known = running != null && running.answers(join.query());
        if (!known && (budget.feeds() >= limits.feeds() || budget.isBufferFull())) {
            return false;
        }
        if (running != null && running.pipeline() == pipeline && running.join(join)) {
            return true;
        }
        threads.values().removeIf(LiveThread::isEnded);
        LiveThread thread =
                new LiveThread(
                        pipeline,
                        json,
                        limits,
                        budget,
                        () -> engine.pipeline(pipeline.name()).equals(Optional.of(pipeline)));
        threads.put(pipeline.name(), thread);
        boolean _ = thread.join(join);
        thread.start();
        return true;
    }

    public LiveLimits limits() {
        return limits;
    }

    /** Streams that are open. */
    public int readers() {
        return readers.get();
    }

    /** Different queries that are answered. */
    public int feeds() {
        return budget.feeds();
    }

    /** Readers that were too slow, since the start. */
    public long cutOff() {
        return budget.cutOff();
    }

    /** Of messages that wait for readers, or for their return. */
    public long bufferedBytes() {
        return budget.bufferedBytes();
    }

    /** Of the rows that are held, about. */
    public long heldBytes() {
        return budget.heldBytes();
    }

    /** Ends all streams; further ones end at once. */
    @Override
    public void close() {
        List<LiveThread> running;
        synchronized (this) {
            closed = true;
            running = List.copyOf(threads.values());
            threads.clear();
        }
        running.forEach(LiveThread::close);
        running.forEach(LiveThread::awaitEnd);
    }
}
