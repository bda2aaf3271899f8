package dev.millrace.engine;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.RowSource;
import dev.millrace.core.connector.Connectors;
import dev.millrace.core.detect.Alert;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.ledger.LedgerBook;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterSummary;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.PipelineProgram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One running pipeline. Safe for use by many threads. */
public final class Pipeline {
    /** Rejected events that the outcome of one body lists; the others are counted. */
    public static final int REJECTIONS_LISTED = Admission.REJECTIONS_LISTED;

    /** What waits in a full queue takes seconds; longer, and a stage waits for its source. */
    private static final Duration PROCESSED_WITHIN = Duration.ofSeconds(60);

    /** Letters that one record deletes. */
    private static final int DISCARD_SLICE = 10_000;

    private final PipelineParts parts;
    private final PipelineStore store;
    private final PipelineJournal journal;
    private final JournalWriter writer;
    private final Committer committer;
    private final Admission admission;
    private final PipelineLedger ledger;
    private final Readmissions readmissions;
    private final Replays replays;
    private final PipelineSources sources;
    private final FlowMeter flow;
    private volatile boolean stopping;

    Pipeline(PipelineParts parts, JournalWriter writer, Connectors connectors, SinkWatch watch) {
        this.parts = parts;
        this.store = parts.store();
        this.journal = parts.journal();
        this.committer = parts.committer();
        this.ledger = parts.ledger();
        this.writer = writer;
        this.admission = new Admission(parts, writer, this::trouble);
        this.readmissions = new Readmissions(parts, writer);
        this.flow = new FlowMeter(parts.runners(), parts.clock().nanos());
        this.replays = new Replays(parts, writer, readmissions, parts.backfills()::isUnderWay);
        this.sources =
                new PipelineSources(
                        store.pipeline(),
                        store.identity(),
                        connectors,
                        watch,
                        new SourceRunner.Intake() {
                            @Override
                            public IngestOutcome lines(byte[] body) {
                                return ingest(body, BodyFormat.NDJSON);
                            }

                            @Override
                            public IngestOutcome tooLarge(byte[] message, String detail) {
                                return admission.rejectTooLarge(message, detail);
                            }
                        });
    }

    public String name() {
        return store.pipeline();
    }

    /** The version that applies to events accepted from now on. */
    public PipelineVersion version() {
        return journal.program().version();
    }

    /** All versions, the oldest first. */
    public List<PipelineVersion> versions() {
        return store.versions();
    }

    public PipelineDefinition definition() {
        return journal.program().definition();
    }

    /** How many partitions it has, for good. */
    public int partitions() {
        return journal.program().partitions();
    }

    /** As {@link #ingest(byte[], int, BodyFormat)}, with the whole array as the body. */
    public IngestOutcome ingest(byte[] body, BodyFormat format) {
        return ingest(body, body.length, format);
    }

    /**
     * Takes the events of a body. Blocks until they are durable.
     *
     * @param body the events are in its first {@code length} bytes; it is kept, nobody may write to
     *     it afterwards
     */
    public IngestOutcome ingest(byte[] body, int length, BodyFormat format) {
        return admission.ingest(body, length, format, false);
    }

    /**
     * As {@link #ingest(byte[], int, BodyFormat)}, for old events that are loaded beside the live
     * ones: they are never late, move no watermark and raise no alert.
     */
    public IngestOutcome ingestHistory(byte[] body, int length, BodyFormat format) {
        return admission.ingest(body, length, format, true);
    }

    /**
     * Declares that nothing older than {@code toMs} is expected; empty: closes all windows of what
     * was accepted. Blocks until the rows are visible.
     *
     * @throws StorageException if it cannot be written
     */
    public AdvanceOutcome advance(OptionalLong toMs) {
        long nowMs = parts.clock().epochMs();
        long latestMs = nowMs + definition().maxSkew().toMillis();
        if (toMs.isPresent() && toMs.getAsLong() > latestMs) {
            return new AdvanceOutcome.TooFar(latestMs);
        }
        long target = toMs.isPresent() ? toMs.getAsLong() : endOfAll(awaitProcessed());
        if (target == Long.MIN_VALUE) {
            return new AdvanceOutcome.NoEvents();
        }
        write(new JournalRecord.Advance(nowMs, target));
        return new AdvanceOutcome.Advanced(awaitVisible().watermarkMs());
    }

    private long endOfAll(long newestMs) {
        if (newestMs == Long.MIN_VALUE) {
            return newestMs;
        }
        return journal.program().aggregations().stream()
                .map(Aggregation::windows)
                .mapToLong(windows -> windows.lastEndOf(newestMs))
                .max()
                .orElse(newestMs);
    }

    /** What came in and what became of it, as of the last commit. */
    public LedgerView ledger() {
        return ledger.view(committer.committed().partitions(), aggregates());
    }

    /**
     * The same of one source, since the pipeline exists, all of it as of the last commit. Zeros for
     * a source that was never seen, or that is counted under {@link LedgerBook#OTHERS}.
     */
    public LedgerView ledger(String source) {
        return ledger.view(source, aggregates());
    }

    /** The ledger by minute of receipt and source, as of the last commit. */
    public LedgerPage ledgerMinutes(LedgerQuery query) {
        return ledger.minutes(query, aggregates());
    }

    private List<String> aggregates() {
        return definition().aggregates().stream().map(Stage.Aggregate::name).toList();
    }

    /** Why its numbers cannot be believed, in one sentence; empty while the ledger balances. */
    Optional<String> imbalance() {
        return ledger.imbalance();
    }

    public PipelineMetrics metrics() {
        Checkpoint committed = committer.committed();
        Totals totals = ledger.admission().totals();
        long duplicates =
                committed.partitions().stream().mapToLong(one -> one.counts().duplicate()).sum();
        long watermarkMs = committed.watermarkMs();
        return new PipelineMetrics(
                totals.accepted(),
                totals.rejected(),
                store.letterCount(),
                store.lettersByKind(),
                parts.budgets().highSources(),
                parts.budgets().highestShare(),
                parts.depth().events(),
                definition().queueLimit(),
                parts.depth().bytes(),
                parts.drained().perSecond(),
                duplicates,
                watermarkMs == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(watermarkMs),
                parts.latency().latency(),
                parts.runners().stream().mapToLong(PartitionRunner::dedupeHoldsMs).min().orElse(0),
                admission.refused(),
                flow.refusedPerSecond(),
                committer.groups(),
                committer.overflowedGroups(),
                committer.openAlerts(),
                committer.commits(),
                parts.backfills().progress(),
                flow.statuses(definition().stages()));
    }

    /**
     * @throws IllegalArgumentException if the query names an aggregate, group field, value or place
     *     that is not there; the message says what is allowed
     */
    public RowPage rows(RowQuery query) {
        Aggregation aggregation = aggregation(query.aggregate());
        Checkpoint committed = committer.committed();
        return new RowReader(
                        store,
                        aggregation,
                        committed.watermarkMs(),
                        newestMs(committed),
                        floorMs(committed, aggregation))
                .read(query);
    }

    /**
     * What is going on now in an aggregate.
     *
     * @throws IllegalArgumentException if there is no such aggregate
     */
    public LatestRows latest(String aggregate) {
        Aggregation aggregation = aggregation(aggregate);
        Checkpoint committed = committer.committed();
        RowSource source =
                RowSource.of(
                        aggregation,
                        store,
                        committed.watermarkMs(),
                        newestMs(committed),
                        floorMs(committed, aggregation));
        return new LatestRows(source, aggregation, committed.revision());
    }

    private Aggregation aggregation(String name) {
        PipelineProgram program = journal.program();
        return program.aggregation(name)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "pipeline "
                                        + name()
                                        + " has no aggregate "
                                        + name
                                        + ", but "
                                        + program.aggregations().stream()
                                                .map(Aggregation::name)
                                                .toList()));
    }

    /** What was stored up to then is gone. */
    private static long floorMs(Checkpoint committed, Aggregation aggregation) {
        return committed.partitions().stream()
                .map(partition -> partition.floorsMs().get(aggregation.number()))
                .filter(Objects::nonNull)
                .reduce(Long.MIN_VALUE, Math::max);
    }

    /** Number of the newest commit. */
    public long revision() {
        return committer.committed().revision();
    }

    /**
     * Alerts of all detectors, the newest first.
     *
     * @param fromMs first window start, inclusive
     * @param limit 1 to {@link AlertReader#MAX_LIMIT}
     */
    public List<Alert> alerts(long fromMs, int limit) {
        return AlertReader.read(store, journal.program().detections(), fromMs, limit);
    }

    /** The newest event that is committed, or the host's clock where that has not been set back. */
    private long newestMs(Checkpoint committed) {
        Duration outOfOrder = definition().outOfOrder();
        return committed.partitions().stream()
                .mapToLong(partition -> partition.newestEventMs(outOfOrder))
                .reduce(parts.clock().epochMs(), Math::max);
    }

    /**
     * From the next commit on, {@code listener} hears of each.
     *
     * @throws IllegalStateException if a thousand do already
     */
    public void addCommitListener(CommitListener listener) {
        committer.listeners().add(listener);
    }

    public void removeCommitListener(CommitListener listener) {
        committer.listeners().remove(listener);
    }

    public Optional<DeadLetter> letter(LetterId id) {
        return store.letter(id);
    }

    /** The letters that match, after {@code after}, at most {@code limit}. */
    public LetterPage letters(LetterFilter filter, Optional<LetterId> after, int limit) {
        List<DeadLetter> page = new ArrayList<>();
        boolean[] more = new boolean[1];
        store.letters(
                filter,
                after.orElse(null),
                letter -> {
                    if (page.size() == limit) {
                        more[0] = true;
                        return false;
                    }
                    page.add(letter);
                    return true;
                });
        return new LetterPage(page, more[0] ? Optional.of(page.getLast().id()) : Optional.empty());
    }

    /** The letters that match, by cause, those of the first {@code limit} causes. */
    public LetterSummary letterSummary(LetterFilter filter, int limit) {
        return store.letterSummary(filter, limit);
    }

    /** The sources of which most letters wait, with the part of their budgets that they use up. */
    public List<SourceShare> letterSources(int limit) {
        return store.letterSources(limit).stream()
                .map(its -> new SourceShare(its, parts.budgets().share(its)))
                .toList();
    }

    /**
     * Tries letters again, through the journal. Goes on after a restart by itself. Waits for the
     * outcomes, but not longer than {@code wait}.
     *
     * @throws TooManyReplaysException if there is no room for another
     * @throws StorageException if it cannot be written
     */
    public ReplayReport replay(ReplayRequest request, Duration wait) {
        return replays.start(request, wait);
    }

    /**
     * Says what a replay would come to, for the first 10,000 letters at most and as far as it gets
     * within {@code patience}, and changes nothing.
     */
    public ReplayReport dryRun(ReplayRequest request, Duration patience) {
        return new DryRun(parts, request, patience).run();
    }

    /** How a replay is going; empty if it is unknown or long done. */
    public Optional<ReplayReport> replay(String id) {
        return replays.report(id);
    }

    /** All replays that are remembered, the newest first, without outcomes. */
    public List<ReplayReport> replays() {
        return replays.all();
    }

    /**
     * Has a replay take no more letters; empty if it is unknown. Those that are on their way come
     * to their outcomes.
     *
     * @throws StorageException if it cannot be written
     */
    public Optional<ReplayReport> stopReplay(String id) {
        return replays.stop(id);
    }

    /** How its sinks are doing, in the order of the definition. */
    public List<SinkStatus> sinks() {
        return parts.sinks().statuses();
    }

    /** How its sources are doing, in the order of the definition. */
    public List<SourceStatus> sources() {
        return sources.statuses();
    }

    /**
     * Has a sink deliver nothing until it is resumed, also after a restart; what comes waits in its
     * outbox. Durable when it returns; empty if there is no such sink.
     *
     * @throws StorageException if it cannot be written
     */
    public Optional<SinkStatus> pauseSink(String sink) {
        return parts.sinks().pause(sink);
    }

    /**
     * Has a sink deliver again.
     *
     * @param takeOver whatever cursor the system on the other side has: from now on it is ours
     * @return empty if there is no such sink
     * @throws StorageException if it cannot be written
     */
    public Optional<SinkStatus> resumeSink(String sink, boolean takeOver) {
        return parts.sinks().resume(sink, takeOver);
    }

    /**
     * Has a sink deliver again what is kept of what it had.
     *
     * @param to position to begin at; empty: the first that is kept
     * @return empty if there is no such sink
     * @throws StorageException if it cannot be written
     */
    public Optional<SinkStatus> rewindSink(String sink, OptionalLong to) {
        return parts.sinks().rewind(sink, to);
    }

    /** Goes on with what a restart has cut off: replays, sinks and sources. */
    void resume() {
        replays.resume();
        parts.sinks().start();
        sources.adopt(definition().sources());
    }

    /**
     * Deletes the letters that match and are there now, a slice of {@link #DISCARD_SLICE} at a
     * time, but begins none once {@code within} has passed. Blocks until they are gone.
     *
     * @throws StorageException if it cannot be written; what was deleted until then stays deleted
     */
    public Discarded discard(LetterFilter filter, Duration within) {
        long untilMs = parts.clock().epochMs();
        long begin = parts.clock().nanos();
        long deleted = 0;
        Optional<LetterId> after = Optional.empty();
        while (parts.clock().nanos() - begin < within.toNanos()) {
            List<LetterId> slice = new ArrayList<>();
            store.letterIds(
                    filter,
                    after.orElse(null),
                    id -> {
                        // What is written meanwhile stays, so that this comes to an end.
                        boolean old = id.timeMs() <= untilMs;
                        if (old) {
                            slice.add(id);
                        }
                        return old && slice.size() < DISCARD_SLICE;
                    });
            deleted += discard(slice);
            if (slice.size() < DISCARD_SLICE) {
                return new Discarded(deleted, true);
            }
            after = Optional.of(slice.getLast());
        }
        return new Discarded(deleted, false);
    }

    /**
     * Deletes letters for good. Blocks until they are gone; says how many were there.
     *
     * @throws StorageException if it cannot be written
     */
    public int discard(List<LetterId> ids) {
        if (ids.isEmpty()) {
            return 0;
        }
        boolean ofAdmission = ids.stream().anyMatch(id -> id.partition() == LetterId.ADMISSION);
        return ofAdmission ? readmissions.exclusively(() -> discardNow(ids)) : discardNow(ids);
    }

    private int discardNow(List<LetterId> ids) {
        String id = UUID.randomUUID().toString();
        parts.discards().open(id);
        write(new JournalRecord.Discard(parts.clock().epochMs(), id, ids));
        Checkpoint _ = awaitVisible();
        return parts.discards().close(id);
    }

    private void write(JournalRecord record) {
        if (parts.runners().stream().anyMatch(PartitionRunner::hasManyControls)) {
            throw new StorageException(
                    "%,d requests like this one wait in pipeline %s already; nothing was written"
                            .formatted(PartitionRunner.CONTROLS, name()));
        }
        var request = new JournalRequest.Control(JournalCodec.encode(record), record, List.of());
        if (writer.append(journal, request) != JournalWriter.Appended.DURABLE) {
            throw new StorageException("pipeline " + name() + " was deleted meanwhile");
        }
    }

    /**
     * Waits until all that was published before is processed; the newest timestamp seen.
     *
     * @throws StorageException if that takes too long, as when a stage waits for its source
     */
    private long awaitProcessed() {
        List<CompletableFuture<Long>> reached =
                parts.runners().stream().map(PartitionRunner::barrier).toList();
        try {
            CompletableFuture.allOf(reached.toArray(CompletableFuture<?>[]::new))
                    .get(PROCESSED_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException slow) {
            throw new StorageException(
                    "not all events are processed after %d s; most wait for %s, and the request can be repeated"
                            .formatted(PROCESSED_WITHIN.toSeconds(), admission.bottleneck()),
                    slow);
        } catch (ExecutionException failed) {
            throw StorageException.of(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException("interrupted while events were processed", interrupted);
        }
        return reached.stream().mapToLong(CompletableFuture::join).max().orElse(Long.MIN_VALUE);
    }

    /** Waits until all that was published before is processed and committed. */
    private Checkpoint awaitVisible() {
        long _ = awaitProcessed();
        return committer.awaitCommit();
    }

    /** Why no events can be taken; empty if they can. */
    Optional<String> trouble() {
        if (stopping) {
            return Optional.of("the server is stopping");
        }
        Optional<String> unwritable = writer.trouble();
        if (unwritable.isPresent()) {
            return unwritable;
        }
        if (committer.hasFailed()) {
            return Optional.of(committer.failure());
        }
        for (PartitionRunner runner : parts.runners()) {
            Throwable broken = runner.failure();
            if (broken != null) {
                return Optional.of("a partition of pipeline " + name() + " has failed: " + broken);
            }
        }
        return Optional.empty();
    }

    PipelineParts parts() {
        return parts;
    }

    /** Does what is due: ticks and commits. Called a few times a commit interval, by one thread. */
    void beat(long nowNanos) {
        parts.drained().beat(nowNanos, parts.depth().events() > 0);
        flow.beat(nowNanos, admission.refused());
        parts.idleClock().beat(nowNanos, parts.depth().hasOnlyHistory());
        parts.budgets().beat();
        if (!stopping) {
            replays.beat();
            sources.adopt(definition().sources());
        }
        if (!committer.hasFailed()) {
            committer.beat(nowNanos);
        }
    }

    /** Trims the journal to what is retained or still needed, and lookups and handlers likewise. */
    void trim() {
        PipelineProgram current = journal.program();
        boolean settled =
                !parts.backfills().isUnderWay()
                        && committer.committed().partitions().stream()
                                .allMatch(state -> state.version() == current.version().version());
        if (settled) {
            parts.handlers().retain(current.definition());
        }
        var retention = definition().retention();
        parts.backfills()
                .trim(
                        committer.committed().neededFrom(),
                        parts.clock().epochMs() - retention.age().toMillis(),
                        retention.sizeBytes());
    }

    /** Does nothing more, whatever still waits. */
    void stop() {
        parts.runners()
                .forEach(runner ->
                        runner.stop(new StorageException("pipeline " + name() + " was deleted")));
    }

    /** Takes no more events, and sends off no more letters, from now on. */
    void refuseEvents() {
        stopping = true;
        sources.close();
        replays.stop();
        parts.sinks().stop();
    }

    /** Waits until nothing is sent off any more, but not longer than that. */
    void awaitRefusing(Duration patience) {
        long until = System.nanoTime() + patience.toNanos();
        replays.awaitStopped(patience);
        parts.sinks().awaitStopped(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
    }

    /** Processes and commits what was accepted, as far as nothing has failed. */
    CompletableFuture<Void> drain() {
        CompletableFuture<?>[] reached =
                parts.runners().stream()
                        .map(PartitionRunner::barrier)
                        .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(reached)
                .thenCompose(_ -> committer.commitNow())
                .thenAccept(_ -> {});
    }
}
