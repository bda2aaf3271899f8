package dev.millrace.engine;

import dev.millrace.core.MillraceException;
import dev.millrace.core.connector.Connectors;
import dev.millrace.core.handler.MissingHandlerException;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.Failpoint;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.MergeTask;
import dev.millrace.core.task.PartitionState;
import dev.millrace.core.task.PartitionTask;
import dev.millrace.core.task.PipelineProgram;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Brings a pipeline to life from what its store holds: compiles its versions, takes up every
 * partition and the windows where the last commit left them, and feeds the partitions what the
 * journal holds beyond. Replaying the journal from a snapshot's offset is how a stateful stream
 * processor recovers without losing or doubling (Carbone et al., 2015).
 */
final class PipelineOpener {
    private final TaskPool pool;
    private final HandlerHost handlers;
    private final Executor commits;
    private final EngineOptions options;
    private final Connectors connectors;
    private final SinkWatch watch;
    private final HostClock clock;

    PipelineOpener(
            TaskPool pool,
            HandlerHost handlers,
            Executor commits,
            EngineOptions options,
            Connectors connectors,
            SinkWatch watch,
            HostClock clock) {
        this.pool = pool;
        this.handlers = handlers;
        this.commits = commits;
        this.options = options;
        this.connectors = connectors;
        this.watch = watch;
        this.clock = clock;
    }

    /** The program of a definition that has just been planned. */
    PipelineProgram program(
            PipelineVersion version, PipelineDefinition definition, int partitions) {
        return new PipelineProgram(version, definition, partitions, defaultDedupeIds(), handlers);
    }

    /**
     * Ids remembered where the definition does not say: ten million, or what an eighth of the heap
     * holds.
     */
    static long defaultDedupeIds() {
        long bytesPerId = PipelineProgram.DEDUPE_BYTES_PER_ID;
        return Math.min(10_000_000, Runtime.getRuntime().maxMemory() / 8 / bytesPerId);
    }

    /**
     * Opens a pipeline; when it returns, all that the journal holds was processed or waits in the
     * queue, in front of what comes in from then on.
     *
     * @throws MissingHandlerException if a handler is not there that a version needs under which
     *     events were accepted and perhaps not processed; nothing was begun
     * @throws MillraceException if what is stored cannot be read
     */
    PipelineParts open(PipelineStore store) {
        try (ExecutorService workers =
                Executors.newFixedThreadPool(
                        options.taskThreads(),
                        Thread.ofPlatform().name("millrace-open-", 0).factory())) {
            return open(store, workers);
        }
    }

    private PipelineParts open(PipelineStore store, Executor workers) {
        Checkpoint checkpoint =
                store.checkpoint().map(Checkpoint::decode).orElseGet(() -> initial(store));
        int partitions = checkpoint.partitions().size();
        Map<Integer, PipelineProgram> programs =
                store.versions().stream()
                        .collect(
                                Collectors.toMap(
                                        PipelineVersion::version,
                                        version ->
                                                program(
                                                        version,
                                                        compile(store, version),
                                                        partitions)));
        requireHandlers(programs, checkpoint);
        QueueDepth depth = new QueueDepth(options.queueBytes());
        DrainRate drained = new DrainRate(clock.nanos());
        AtomicReference<@Nullable PipelineJournal> journalOfRunners = new AtomicReference<>();
        List<CompletableFuture<PartitionRunner>> restored = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            int partition = i;
            restored.add(
                    CompletableFuture.supplyAsync(
                            () ->
                                    runner(
                                            store,
                                            partition,
                                            checkpoint,
                                            programs,
                                            drained,
                                            () -> publishedOffset(journalOfRunners.get())),
                            workers));
        }
        CompletableFuture<MergeTask> merge =
                CompletableFuture.supplyAsync(
                        () -> new MergeTask(programs.values(), store, checkpoint), workers);
        List<PartitionRunner> runners = restored.stream().map(PipelineOpener::joined).toList();
        PipelineProgram oldest = oldest(checkpoint, programs);
        PipelineLedger ledger = new PipelineLedger(store.pipeline(), store, checkpoint);
        BackfillRunner backfills = new BackfillRunner(store, depth);
        checkpoint
                .backfill()
                .ifPresent(
                        one -> backfills.announce(one, programOf(store, programs, one.version())));
        PipelineJournal journal =
                new PipelineJournal(store, oldest, ledger.admission(), runners, depth, backfills);
        journalOfRunners.set(journal);
        DiscardBook discards = new DiscardBook();
        ReplayBook replays = ReplayBook.load(store);
        SourceBudgets budgets = new SourceBudgets(store, options.letterBudget());
        Outboxes outboxes = Outboxes.load(store);
        LatencyWindow latency = new LatencyWindow(clock.nanos());
        Committer committer =
                new Committer(
                        store,
                        checkpoint,
                        runners,
                        joined(merge),
                        ledger,
                        discards,
                        replays,
                        budgets,
                        backfills,
                        outboxes,
                        clock,
                        latency,
                        commits,
                        options.commitInterval().toNanos());
        PipelineSinks sinks =
                new PipelineSinks(
                        store,
                        outboxes,
                        connectors,
                        watch,
                        clock,
                        options.letterBudget().letters(),
                        committer::awaitCommit);
        outboxes.listener(sinks::adopt);
        long takenBefore = ledger.admission().totals().accepted();
        handlers.supersede(store.pipeline(), newest(programs).definition().enrichments());
        new JournalReadAhead(store, workers, record -> PipelineJournal.reread(record, programs))
                .read(
                        checkpoint.neededFrom(),
                        read -> {
                            Failpoint.RECOVERY_RECORD.reach();
                            journal.recover(read.offset(), read.record(), read.batch(), programs);
                            awaitRoom(store, runners, depth, committer);
                        });
        Failpoint.RECOVERY_CAUGHT_UP.reach();
        Checkpoint _ = committer.commitNow().join();
        long takenUp = ledger.admission().totals().accepted() - takenBefore;
        if (takenUp > 0) {
            System.getLogger(PipelineOpener.class.getName())
                    .log(
                            System.Logger.Level.INFO,
                            "pipeline {0} takes up {1} events from its journal",
                            store.pipeline(),
                            takenUp);
        }
        return new PipelineParts(
                store,
                journal,
                ledger,
                runners,
                committer,
                backfills,
                depth,
                drained,
                latency,
                handlers,
                new IdleClock(runners, clock.nanos()),
                discards,
                replays,
                budgets,
                outboxes,
                sinks,
                clock);
    }

    private void requireHandlers(Map<Integer, PipelineProgram> programs, Checkpoint checkpoint) {
        int processing = oldest(checkpoint, programs).version().version();
        int oldest =
                checkpoint
                        .backfill()
                        .map(backfill -> Math.min(backfill.version(), processing))
                        .orElse(processing);
        for (PipelineProgram program : programs.values()) {
            if (program.version().version() >= oldest) {
                handlers.require(program.definition());
            }
        }
    }

    /** Of a pipeline that has made no commit yet: the first one fixes its number of partitions. */
    private Checkpoint initial(PipelineStore store) {
        PipelineVersion first = store.versions().getFirst();
        int partitions = compile(store, first).partitions().orElse(options.taskThreads());
        return Checkpoint.initial(first.version(), partitions);
    }

    private PartitionRunner runner(
            PipelineStore store,
            int partition,
            Checkpoint checkpoint,
            Map<Integer, PipelineProgram> programs,
            DrainRate drained,
            LongSupplier publishedOffset) {
        PartitionState state = checkpoint.partitions().get(partition);
        PipelineProgram program = programOf(store, programs, state.version());
        StageClock stageClock = new StageClock(clock);
        PartitionTask task = new PartitionTask(partition, program, state, store, stageClock);
        if (state.receiptMs() != Long.MIN_VALUE) {
            store.readDedupe(
                    partition,
                    state.receiptMs() - program.definition().dedupe().toMillis(),
                    block -> task.restoreDedupe(block.ids(), block.lastReceivedAtMs()));
        }
        return new PartitionRunner(
                pool,
                handlers.threads(),
                task,
                stageClock,
                drained,
                clock,
                state.endOffset(),
                // What a commit has taken is there until that is written.
                options.uncommittedBytes() / 2 / checkpoint.partitions().size(),
                publishedOffset);
    }

    private static PipelineProgram programOf(
            PipelineStore store, Map<Integer, PipelineProgram> programs, int version) {
        PipelineProgram program = programs.get(version);
        if (program == null) {
            throw new MillraceException(
                    "version %d of pipeline %s is not stored".formatted(version, store.pipeline()));
        }
        return program;
    }

    private static long publishedOffset(@Nullable PipelineJournal journal) {
        return journal == null ? 0 : journal.publishedOffset();
    }

    private static PipelineProgram newest(Map<Integer, PipelineProgram> programs) {
        return programs.values().stream()
                .max(Comparator.comparingInt(program -> program.version().version()))
                .orElseThrow();
    }

    private static PipelineProgram oldest(
            Checkpoint checkpoint, Map<Integer, PipelineProgram> programs) {
        return checkpoint.partitions().stream()
                .map(state -> programs.get(state.version()))
                .filter(Objects::nonNull)
                .min(Comparator.comparingInt(program -> program.version().version()))
                .orElseThrow();
    }

    /**
     * A version as it was understood when it was put: where one of its kinds asks for something
     * else by now, as it is written.
     */
    private PipelineDefinition compile(PipelineStore store, PipelineVersion version) {
        SchemaSource files = SchemaSource.of(version.files());
        if (DefinitionReader.read(version.definition(), files, connectors.declared().lenient())
                instanceof DefinitionReader.Valid valid) {
            return valid.definition();
        }
        return switch (DefinitionReader.read(version.definition(), files)) {
            case DefinitionReader.Valid valid -> valid.definition();
            case DefinitionReader.Invalid invalid ->
                    throw new MillraceException(
                            "version %d of pipeline %s is no longer valid: %s"
                                    .formatted(
                                            version.version(),
                                            store.pipeline(),
                                            invalid.problems()));
        };
    }

    /**
     * Waits until what the partitions have not taken fits into the queue. A source that is away or
     * a handler that hangs must not keep the server from starting.
     */
    private void awaitRoom(
            PipelineStore store,
            List<PartitionRunner> runners,
            QueueDepth depth,
            Committer committer) {
        while (depth.bytes() > options.queueBytes()
                && runners.stream().allMatch(runner -> runner.awaitedStage().isEmpty())
                && handlers.hangingStage(store.pipeline()).isEmpty()) {
            failIfStuck(store, runners, committer);
            committer.beat(clock.nanos());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static <T> T joined(CompletableFuture<T> made) {
        try {
            return made.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    private static void failIfStuck(
            PipelineStore store, List<PartitionRunner> runners, Committer committer) {
        if (committer.hasFailed()) {
            throw new StorageException(committer.failure());
        }
        for (PartitionRunner runner : runners) {
            Throwable failure = runner.failure();
            if (failure != null) {
                throw new MillraceException(
                        "pipeline " + store.pipeline() + " cannot take up its journal: " + failure,
                        failure);
            }
        }
    }
}
