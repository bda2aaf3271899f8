package dev.millrace.engine;

import dev.millrace.core.Bound;
import dev.millrace.core.MillraceException;
import dev.millrace.core.connector.Connectors;
import dev.millrace.core.handler.MissingHandlerException;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.Plan;
import dev.millrace.core.pipeline.Problem;
import dev.millrace.core.pipeline.RecordedSchemas;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StageServices;
import dev.millrace.core.port.Storage;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.port.StorageRoom;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The one-process host: runs all pipelines of one storage. Safe for use by many threads; its
 * methods block, and are made for virtual threads.
 *
 * <p>Threads: one writes the journals, {@code taskThreads} run the partitions, as many make
 * commits, and one beats: it ticks idle partitions, begins commits that are due and trims journals.
 * The partitions of pipelines with handlers, which may block, run on threads of their own.
 */
public final class Engine implements AutoCloseable {
    static final long BEAT_MS = 25;
    private static final long TRIM_SECONDS = 30;

    /** What replays and sinks have under way is broken off, and ends by then. */
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(5);

    /** Soon, so that a server that never lives long keeps its journals short too. */
    private static final long FIRST_TRIM_SECONDS = 2;

    private final Storage storage;
    private final EngineOptions options;
    private final HostClock clock;
    private final TaskPool tasks;
    private final HandlerHost handlers;
    private final ExecutorService commits;
    private final ScheduledExecutorService beat;
    private final JournalWriter writer;
    private final Connectors connectors;
    private final SinkWatch watch = new SinkWatch();
    private final PipelineOpener opener;
    private final Map<String, Pipeline> pipelines = new ConcurrentSkipListMap<>();

    /** Pipelines that could not be taken up, since a handler is not there; by name. */
    private final Map<String, Waiting> waiting = new ConcurrentSkipListMap<>();

    private final AtomicBoolean stopped = new AtomicBoolean();

    private record Waiting(PipelineStore store, String reason) {}

    private Engine(
            Storage storage,
            EngineOptions options,
            HandlerSource handlers,
            StageServices lookups,
            Connectors connectors,
            HostClock clock) {
        this.storage = storage;
        this.options = options;
        this.clock = clock;
        this.tasks = new TaskPool(options.taskThreads());
        this.handlers = new HandlerHost(handlers, lookups, clock);
        this.commits =
                Executors.newFixedThreadPool(
                        options.taskThreads(),
                        Thread.ofPlatform().name("millrace-commit-", 0).factory());
        this.beat =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("millrace-beat").factory());
        this.writer = new JournalWriter(storage);
        this.connectors = connectors;
        this.opener =
                new PipelineOpener(
                        tasks, this.handlers, commits, options, connectors, watch, clock);
    }

    /**
     * As {@link #open(Storage, EngineOptions, HandlerSource, StageServices, Connectors)}, for
     * pipelines without handlers and lookups.
     */
    public static Engine open(Storage storage, EngineOptions options) {
        return open(storage, options, HandlerSource.NONE, StageServices.NONE);
    }

    /**
     * As {@link #open(Storage, EngineOptions, HandlerSource, StageServices, Connectors)}, for
     * pipelines without lookups.
     */
    public static Engine open(Storage storage, EngineOptions options, HandlerSource handlers) {
        return open(storage, options, handlers, StageServices.NONE);
    }

    /**
     * As {@link #open(Storage, EngineOptions, HandlerSource, StageServices, Connectors)}, for
     * pipelines without sinks and sources.
     */
    public static Engine open(
            Storage storage, EngineOptions options, HandlerSource handlers, StageServices lookups) {
        return open(storage, options, handlers, lookups, Connectors.NONE);
    }

    /**
     * Opens every pipeline of {@code storage}, feeds it what its journal holds beyond its last
     * commit, and returns once what is left of that fits into its queue. A pipeline one of whose
     * handlers is not there is left as it is, and {@link #waiting}.
     *
     * @param lookups what brings lookups to enrich stages; stays open when the engine closes
     * @param connectors the systems that sinks and sources may name
     * @throws MillraceException if the storage cannot be read
     */
    public static Engine open(
            Storage storage,
            EngineOptions options,
            HandlerSource handlers,
            StageServices lookups,
            Connectors connectors) {
        return open(storage, options, handlers, lookups, connectors, HostClock.system());
    }

    static Engine open(
            Storage storage,
            EngineOptions options,
            HandlerSource handlers,
            StageServices lookups,
            HostClock clock) {
        return open(storage, options, handlers, lookups, Connectors.NONE, clock);
    }

    static Engine open(
            Storage storage,
            EngineOptions options,
            HandlerSource handlers,
            StageServices lookups,
            Connectors connectors,
            HostClock clock) {
        Engine engine = new Engine(storage, options, handlers, lookups, connectors, clock);
        try {
            for (PipelineStore store : storage.pipelines()) {
                engine.startOrWait(store);
            }
        } catch (RuntimeException broken) {
            engine.stopThreads();
            throw broken;
        }
        ScheduledFuture<?> _ =
                engine.beat.scheduleWithFixedDelay(
                        engine::beat, BEAT_MS, BEAT_MS, TimeUnit.MILLISECONDS);
        ScheduledFuture<?> _ =
                engine.beat.scheduleWithFixedDelay(
                        engine::trim, FIRST_TRIM_SECONDS, TRIM_SECONDS, TimeUnit.SECONDS);
        return engine;
    }

    private void startOrWait(PipelineStore store) {
        try {
            Pipeline _ = start(store);
        } catch (MissingHandlerException missing) {
            waiting.put(store.pipeline(), new Waiting(store, String.valueOf(missing.getMessage())));
        }
    }

    private Pipeline start(PipelineStore store) {
        Pipeline pipeline = new Pipeline(opener.open(store), writer, connectors, watch);
        pipelines.put(pipeline.name(), pipeline);
        pipeline.resume();
        return pipeline;
    }

    /**
     * As {@link #put(String, String, SchemaSource, boolean)}, for definitions that come without a
     * folder.
     */
    public PutOutcome put(String name, String definition, boolean dryRun) {
        return put(name, definition, SchemaSource.NONE, dryRun);
    }

    /** As {@link #put(String, String, SchemaSource, Optional, boolean)}, without a backfill. */
    public PutOutcome put(
            String name, String definition, SchemaSource schemaFiles, boolean dryRun) {
        return put(name, definition, schemaFiles, Optional.empty(), dryRun);
    }

    /**
     * Creates or changes a pipeline. Returns once the new version is durable; it applies to all
     * events accepted from then on.
     *
     * @param schemaFiles resolves schemas that are named by file; what it gave is kept with the
     *     version
     * @param backfill how far back, by receipt, aggregates that are new or start anew are given
     *     what the journal holds; goes on after this returns, beside the live events
     * @param dryRun only say what would happen
     * @throws StorageException if it cannot be written
     */
    public synchronized PutOutcome put(
            String name,
            String definition,
            SchemaSource schemaFiles,
            Optional<Duration> backfill,
            boolean dryRun) {
        RecordedSchemas schemas = new RecordedSchemas(schemaFiles);
        return switch (DefinitionReader.read(definition, schemas, connectors.declared())) {
            case DefinitionReader.Invalid invalid -> new PutOutcome.Invalid(invalid.problems());
            case DefinitionReader.Valid valid -> {
                if (!valid.definition().name().equals(name)) {
                    yield new PutOutcome.Invalid(
                            List.of(
                                    new Problem(
                                            "/pipeline",
                                            OptionalInt.empty(),
                                            "the file is for pipeline %s, but it was put to %s"
                                                    .formatted(valid.definition().name(), name))));
                }
                List<Problem> unserved = new ArrayList<>(handlers.problems(valid.definition()));
                unserved.addAll(ConnectorProblems.of(valid.definition(), connectors));
                if (unserved.isEmpty()) {
                    takeUp(name).ifPresent(unserved::add);
                }
                if (!unserved.isEmpty()) {
                    yield new PutOutcome.Invalid(DefinitionReader.located(definition, unserved));
                }
                Pipeline pipeline = pipelines.get(name);
                yield pipeline == null
                        ? create(valid.definition(), definition, schemas.files(), dryRun)
                        : change(
                                pipeline,
                                valid.definition(),
                                definition,
                                schemas.files(),
                                backfill,
                                dryRun);
            }
        };
    }

    /** Tries again to take up a pipeline that waits for its handlers; says why it still does. */
    private Optional<Problem> takeUp(String name) {
        Waiting one = waiting.get(name);
        if (one == null) {
            return Optional.empty();
        }
        try {
            Pipeline _ = start(one.store());
            waiting.remove(name);
            return Optional.empty();
        } catch (MissingHandlerException missing) {
            return Optional.of(
                    new Problem(
                            "/stages",
                            OptionalInt.empty(),
                            "events wait for an earlier version: " + missing.getMessage()));
        }
    }

    private PutOutcome create(
            PipelineDefinition definition, String text, Map<String, String> files, boolean dryRun) {
        if (pipelines.size() + waiting.size() >= EngineBounds.PIPELINES) {
            return PutOutcome.Invalid.tooMany(
                    "there are %,d pipelines, and no more can be; delete one",
                    EngineBounds.PIPELINES);
        }
        PutOutcome.Created outcome = new PutOutcome.Created(1, Plan.create(definition).entries());
        if (dryRun) {
            return outcome;
        }
        Map<String, Integer> numbers = new HashMap<>();
        definition
                .aggregates()
                .forEach(aggregate -> numbers.put(aggregate.name(), numbers.size() + 1));
        definition
                .detectors()
                .forEach(detector -> numbers.put(detector.name(), numbers.size() + 1));
        PipelineVersion version = new PipelineVersion(1, clock.epochMs(), text, files, numbers);
        Pipeline _ = start(storage.create(definition.name(), version));
        return outcome;
    }

    private PutOutcome change(
            Pipeline pipeline,
            PipelineDefinition definition,
            String text,
            Map<String, String> files,
            Optional<Duration> backfill,
            boolean dryRun) {
        PutOutcome outcome =
                new PipelineChange(pipeline, opener, writer, clock.epochMs())
                        .to(definition, text, files, backfill, dryRun);
        if (outcome instanceof PutOutcome.Changed && !dryRun) {
            handlers.supersede(pipeline.name(), definition.enrichments());
        }
        return outcome;
    }

    /**
     * Gives a pipeline a new version that says what an earlier one said.
     *
     * @param backfill as in {@link #put(String, String, SchemaSource, Optional, boolean)}
     * @return empty if there is no such pipeline, or it never had such a version
     * @throws StorageException if it cannot be written
     */
    public synchronized Optional<PutOutcome> rollback(
            String name, int version, Optional<Duration> backfill, boolean dryRun) {
        return pipeline(name).stream()
                .flatMap(pipeline -> pipeline.versions().stream())
                .filter(one -> one.version() == version)
                .map(one ->
                        put(name, one.definition(), SchemaSource.of(one.files()), backfill, dryRun))
                .findFirst();
    }

    public Optional<Pipeline> pipeline(String name) {
        return Optional.ofNullable(pipelines.get(name));
    }

    /** All pipelines, by name. */
    public List<Pipeline> pipelines() {
        return List.copyOf(pipelines.values());
    }

    /**
     * Pipelines that were not taken up, since one of their handlers is not there, by name, with the
     * reason. They take no events until a {@link #put} with the handlers in place.
     */
    public Map<String, String> waiting() {
        Map<String, String> reasons = new TreeMap<>();
        waiting.forEach((name, one) -> reasons.put(name, one.reason()));
        return reasons;
    }

    /**
     * Removes a pipeline with all it holds; false if there is none of that name.
     *
     * @throws StorageException if it cannot be written
     */
    public synchronized boolean drop(String name) {
        Waiting notStarted = waiting.remove(name);
        if (notStarted != null) {
            handlers.drop(name);
            storage.drop(notStarted.store());
            return true;
        }
        Pipeline pipeline = pipelines.remove(name);
        if (pipeline == null) {
            return false;
        }
        refuseEvents(List.of(pipeline));
        pipeline.parts().journal().end();
        pipeline.parts().backfills().stop(options.drainTimeout());
        boolean _ = await(pipeline.drain(), pipeline, options.drainTimeout());
        pipeline.stop();
        handlers.drop(name);
        storage.drop(pipeline.parts().store());
        return true;
    }

    public EngineHealth health() {
        Optional<String> imbalance = Optional.empty();
        Optional<String> trouble = writer.trouble();
        if (trouble.isEmpty() && !storage.healthy()) {
            trouble = Optional.of("the storage has failed; restart the server");
        }
        for (Pipeline pipeline : pipelines.values()) {
            trouble = trouble.or(pipeline::trouble);
            imbalance = imbalance.or(pipeline::imbalance);
        }
        return new EngineHealth(trouble, imbalance);
    }

    /** How much room there is for events. */
    public StorageRoom room() {
        return storage.room();
    }

    /** Every bound of the engine and of what it runs, for operators. */
    public List<Bound> limits() {
        return EngineBounds.of(options, storage.room().reserveBytes());
    }

    private void beat() {
        long nowNanos = clock.nanos();
        // Asking is what makes it go on after a shortage, when nobody else asks.
        StorageRoom _ = storage.room();
        for (Pipeline pipeline : pipelines.values()) {
            try {
                pipeline.beat(nowNanos);
            } catch (RuntimeException broken) {
                log("the beat of pipeline " + pipeline.name() + " failed", broken);
            }
        }
    }

    private void trim() {
        for (Pipeline pipeline : pipelines.values()) {
            try {
                pipeline.trim();
            } catch (RuntimeException broken) {
                log("the journal of pipeline " + pipeline.name() + " could not be trimmed", broken);
            }
        }
    }

    private static void log(String message, @Nullable Throwable cause) {
        System.getLogger(Engine.class.getName()).log(System.Logger.Level.WARNING, message, cause);
    }

    /** As {@link #stop}. */
    @Override
    public void close() {
        Map<String, Long> _ = stop();
    }

    /**
     * Takes no more events, lets the queues drain and commits, all within {@link
     * EngineOptions#drainTimeout}, and stops. The storage stays open. A second call does nothing.
     *
     * @return for each pipeline that could not be drained, how many accepted events are not in
     *     rows; they are in the journal, and are taken up from there at the next start
     */
    public Map<String, Long> stop() {
        if (!stopped.compareAndSet(false, true)) {
            return Map.of();
        }
        try {
            return drain(System.nanoTime() + options.drainTimeout().toNanos());
        } finally {
            stopThreads();
        }
    }

    /** All at once, so that one that hangs costs the others no time. */
    private static void refuseEvents(Collection<Pipeline> all) {
        all.forEach(Pipeline::refuseEvents);
        long until = System.nanoTime() + REFUSED_WITHIN.toNanos();
        all.forEach(pipeline -> pipeline.awaitRefusing(left(until)));
    }

    private Map<String, Long> drain(long endNanos) {
        refuseEvents(pipelines.values());
        if (!writer.close(left(endNanos))) {
            log("the journal does not take what waits for it; nobody was told that it did", null);
        }
        // One that hangs leaves the others their time.
        pipelines
                .values()
                .forEach(
                        pipeline -> pipeline.parts().backfills().stop(left(endNanos).dividedBy(4)));
        Map<Pipeline, CompletableFuture<Void>> draining = new HashMap<>();
        pipelines.values().forEach(pipeline -> draining.put(pipeline, pipeline.drain()));
        Map<String, Long> remaining = new TreeMap<>();
        draining.forEach((pipeline, drained) -> {
            if (!await(drained, pipeline, left(endNanos))) {
                remaining.put(pipeline.name(), pipeline.ledger().inFlight());
            }
        });
        return remaining;
    }

    private static Duration left(long endNanos) {
        return Duration.ofNanos(Math.max(1, endNanos - System.nanoTime()));
    }

    /** Whether all was processed and committed. */
    private static boolean await(
            CompletableFuture<Void> drained, Pipeline pipeline, Duration patience) {
        try {
            drained.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException broken) {
            log(
                    "pipeline %s could not be drained; %,d accepted events are not in rows, and are taken up from the journal at the next start"
                            .formatted(pipeline.name(), pipeline.ledger().inFlight()),
                    broken);
        }
        return false;
    }

    private void stopThreads() {
        refuseEvents(pipelines.values());
        boolean _ = writer.close(Duration.ofSeconds(1));
        beat.shutdownNow();
        commits.shutdown();
        tasks.close();
        handlers.close();
        watch.close();
    }
}
