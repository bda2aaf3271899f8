package dev.millrace.engine;

import dev.millrace.core.MillraceException;
import dev.millrace.core.handler.MissingHandlerException;
import dev.millrace.core.ledger.LedgerBook;
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

import java.time.Duration;
import java.util.ArrayList;
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

/**
 * The one-process host: runs all pipelines of one storage. Safe for use by many threads; its
 * methods block, and are made for virtual threads.
 *
 * <p>Threads: one writes the journals, {@code taskThreads} run the partitions, as many make
 * commits, and one beats: it ticks idle partitions, begins commits that are due and trims journals.
 * The partitions of pipelines with handlers, which may block, run on threads of their own.
 */
public final class Engine implements AutoCloseable {
    private static final long BEAT_MS = 25;
    private static final long TRIM_SECONDS = 30;

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
    private final PipelineOpener opener;
    private final Map<String, Pipeline> pipelines = new ConcurrentSkipListMap<>();

    /** Pipelines that could not be taken up, since a handler is not there; by name. */
    private final Map<String, Waiting> waiting = new ConcurrentSkipListMap<>();

    private record Waiting(PipelineStore store, String reason) {}

    private Engine(
            Storage storage,
            EngineOptions options,
            HandlerSource handlers,
            StageServices lookups,
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
        this.opener = new PipelineOpener(tasks, this.handlers, commits, options, clock);
    }

    /**
     * As {@link #open(Storage, EngineOptions, HandlerSource, StageServices)}, for pipelines without
     * handlers and lookups.
     */
    public static Engine open(Storage storage, EngineOptions options) {
        return open(storage, options, HandlerSource.NONE, StageServices.NONE);
    }

    /**
     * As {@link #open(Storage, EngineOptions, HandlerSource, StageServices)}, for pipelines without
     * lookups.
     */
    public static Engine open(Storage storage, EngineOptions options, HandlerSource handlers) {
        return open(storage, options, handlers, StageServices.NONE);
    }

    /**
     * Opens every pipeline of {@code storage}, feeds it what its journal holds beyond its last
     * commit, and returns once all have caught up. A pipeline one of whose handlers is not there is
     * left as it is, and {@link #waiting}.
     *
     * @param lookups what brings lookups to enrich stages; stays open when the engine closes
     * @throws MillraceException if the storage cannot be read
     */
    public static Engine open(
            Storage storage, EngineOptions options, HandlerSource handlers, StageServices lookups) {
        return open(storage, options, handlers, lookups, HostClock.system());
    }

    static Engine open(
            Storage storage,
            EngineOptions options,
            HandlerSource handlers,
            StageServices lookups,
            HostClock clock) {
        Engine engine = new Engine(storage, options, handlers, lookups, clock);
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
        Pipeline pipeline = new Pipeline(opener.open(store), writer);
        pipelines.put(pipeline.name(), pipeline);
        pipeline.resumeReplays();
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
        return switch (DefinitionReader.read(definition, schemas)) {
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
        pipeline.refuseEvents();
        pipeline.parts().journal().end();
        pipeline.parts().backfills().stop();
        await(pipeline.drain(), pipeline);
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

    /** Every bound that is in force, for operators. */
    public List<Bound> limits() {
        return List.of(
                new Bound(
                        "storageReserve",
                        storage.room().reserveBytes(),
                        "bytes",
                        "room on the disk that is kept for commits: below it no events are taken"),
                new Bound(
                        "queueBytes",
                        options.queueBytes(),
                        "bytes",
                        "events waiting in one pipeline"),
                new Bound(
                        "commitInterval",
                        options.commitInterval().toMillis(),
                        "ms",
                        "longest time between two commits of a busy pipeline"),
                new Bound(
                        "drainTimeout",
                        options.drainTimeout().toMillis(),
                        "ms",
                        "how long a stopping server waits for its queues"),
                new Bound(
                        "journalQueueRequests",
                        JournalWriter.QUEUE_REQUESTS,
                        "requests",
                        "requests waiting for the journal"),
                new Bound(
                        "journalGroupBytes",
                        JournalWriter.GROUP_BYTES,
                        "bytes",
                        "records that share a sync"),
                new Bound(
                        "dedupeIds",
                        PipelineOpener.defaultDedupeIds(),
                        "ids",
                        "ids one pipeline remembers where its definition does not say"),
                new Bound(
                        "replaysRemembered",
                        ReplayBook.REPLAYS,
                        "replays",
                        "replays of one pipeline under way or remembered"),
                new Bound(
                        "replaysAtOnce",
                        Replays.AT_ONCE,
                        "replays",
                        "replays of one pipeline that run; further ones wait in line"),
                new Bound(
                        "replayOutstandingLetters",
                        ReplayRun.OUTSTANDING_LETTERS,
                        "letters",
                        "letters of one replay on their way to an outcome"),
                new Bound(
                        "replayOutstandingBytes",
                        ReplayRun.OUTSTANDING_BYTES,
                        "bytes",
                        "bytes of such letters; one slice may exceed it"),
                new Bound(
                        "patchBytes",
                        ReplayRequest.MAX_PATCH_BYTES,
                        "bytes",
                        "the patch of one replay"),
                new Bound(
                        "dryRunLetters",
                        DryRun.LETTERS,
                        "letters",
                        "letters that one dry run tries"),
                new Bound(
                        "idsPerReplay",
                        ReplayRequest.MAX_IDS,
                        "letters",
                        "letters that one replay names"),
                new Bound(
                        "deadLettersPerSource",
                        options.letterBudget().letters(),
                        "letters",
                        "dead letters of kinds invalid, future and late that may wait of one source"
                                + " before its events are refused"),
                new Bound(
                        "deadLetterBytesPerSource",
                        options.letterBudget().bytes(),
                        "bytes",
                        "the same, by the size of the letters"),
                new Bound(
                        "ledgerKeep",
                        LedgerBook.KEEP.toMillis(),
                        "ms",
                        "how long the ledger is kept by minute"),
                new Bound(
                        "ledgerSourcesPerMinute",
                        LedgerBook.SOURCES_PER_MINUTE,
                        "sources",
                        "sources that have a ledger of their own in a minute; the rest goes to "
                                + LedgerBook.OTHERS),
                new Bound(
                        "ledgerSources",
                        LedgerBook.SOURCES,
                        "sources",
                        "sources that have a ledger of their own; the rest goes to "
                                + LedgerBook.OTHERS),
                new Bound(
                        "ledgerMinutesPerPage",
                        LedgerQuery.MAX_LIMIT,
                        "minutes",
                        "minutes and sources in one answer"),
                new Bound("rowsPerPage", RowQuery.MAX_LIMIT, "rows", "rows in one answer"),
                new Bound(
                        "lettersPerReplay",
                        ReplayRequest.MAX_LETTERS,
                        "letters",
                        "letters in one replay"));
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

    private static void log(String message, Throwable cause) {
        System.getLogger(Engine.class.getName()).log(System.Logger.Level.WARNING, message, cause);
    }

    /** Takes no more events, lets the queues drain, commits, and stops. The storage stays open. */
    @Override
    public void close() {
        pipelines.values().forEach(Pipeline::refuseEvents);
        writer.close();
        pipelines.values().forEach(pipeline -> pipeline.parts().backfills().stop());
        Map<Pipeline, CompletableFuture<Void>> draining = new HashMap<>();
        pipelines.values().forEach(pipeline -> draining.put(pipeline, pipeline.drain()));
        draining.forEach((pipeline, drained) -> await(drained, pipeline));
        stopThreads();
    }

    private void await(CompletableFuture<Void> drained, Pipeline pipeline) {
        try {
            drained.get(options.drainTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException broken) {
            log(
                    "pipeline "
                            + pipeline.name()
                            + " could not be drained; what it had not committed is taken up from the journal"
                            + " at the next start",
                    broken);
        }
    }

    private void stopThreads() {
        pipelines.values().forEach(Pipeline::refuseEvents);
        writer.close();
        beat.shutdownNow();
        commits.shutdown();
        tasks.close();
        handlers.close();
    }
}
