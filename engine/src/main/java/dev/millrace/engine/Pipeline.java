package dev.millrace.engine;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.ReadResult;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.LedgerCounts;
import dev.millrace.core.task.PartitionState;
import dev.millrace.core.task.PipelineProgram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** One running pipeline. Safe for use by many threads. */
public final class Pipeline {
    private static final int RETRY_AFTER_SECONDS_MAX = 300;
    private static final int REJECTIONS_LISTED = 100;

    private final PipelineParts parts;
    private final PipelineStore store;
    private final PipelineJournal journal;
    private final JournalWriter writer;
    private final Committer committer;
    private final LongAdder refused = new LongAdder();
    private volatile boolean stopping;

    Pipeline(PipelineParts parts, JournalWriter writer) {
        this.parts = parts;
        this.store = parts.store();
        this.journal = parts.journal();
        this.committer = parts.committer();
        this.writer = writer;
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
        while (true) {
            Optional<String> trouble = trouble();
            if (trouble.isPresent()) {
                return new IngestOutcome.Unavailable(trouble.get());
            }
            PipelineProgram program = journal.program();
            long receivedAtMs = parts.clock().epochMs();
            switch (program.reader().read(body, length, format, receivedAtMs)) {
                case ReadResult.Malformed malformed -> {
                    return new IngestOutcome.Malformed(malformed.detail());
                }
                case ReadResult.TooLarge tooLarge -> {
                    return new IngestOutcome.TooLarge(tooLarge.detail());
                }
                case ReadResult.Read read -> {
                    Optional<IngestOutcome> outcome = append(program, read, receivedAtMs);
                    if (outcome.isPresent()) {
                        return outcome.get();
                    }
                }
            }
        }
    }

    /** Empty if the pipeline has got another version since the body was read. */
    private Optional<IngestOutcome> append(
            PipelineProgram program, ReadResult.Read read, long receivedAtMs) {
        int accepted = read.batch().size();
        int rejected = read.rejections().size();
        var done =
                new IngestOutcome.Accepted(
                        accepted,
                        rejected,
                        read.rejections().stream().limit(REJECTIONS_LISTED).toList());
        if (read.received() == 0) {
            return Optional.of(done);
        }
        byte[] record =
                JournalCodec.encodeEvents(
                        receivedAtMs,
                        program.version().version(),
                        read.received(),
                        rejected,
                        read.batch().payloadLength(),
                        read.batch()::writePayload);
        if (accepted > 0
                && !parts.depth()
                        .tryEnter(accepted, record.length, program.definition().queueLimit())) {
            refused.increment();
            return Optional.of(queueFull(accepted, program.definition().queueLimit()));
        }
        boolean published = false;
        try {
            var request =
                    new JournalRequest.Events(record, program, read.batch(), read.rejections());
            JournalWriter.Appended appended = writer.append(journal, request);
            published = appended == JournalWriter.Appended.DURABLE;
            return switch (appended) {
                case DURABLE -> Optional.of(done);
                case STALE -> Optional.empty();
                case GONE ->
                        Optional.of(
                                new IngestOutcome.Unavailable(
                                        "the pipeline was deleted meanwhile"));
            };
        } catch (StorageException failed) {
            return Optional.of(new IngestOutcome.Unavailable(String.valueOf(failed.getMessage())));
        } finally {
            if (!published && accepted > 0) {
                parts.depth().leave(accepted, record.length);
            }
        }
    }

    private IngestOutcome.QueueFull queueFull(int events, int limit) {
        long depth = parts.depth().events();
        long tooMany = Math.max(1, depth + events - limit);
        return new IngestOutcome.QueueFull(
                depth,
                limit,
                parts.drained().secondsFor(tooMany, RETRY_AFTER_SECONDS_MAX),
                bottleneck());
    }

    /**
     * What most of the waiting events wait for: the stage that takes the most time, or the storage.
     */
    private String bottleneck() {
        long published = parts.runners().stream().mapToLong(PartitionRunner::waitingEvents).sum();
        boolean mostAwaitStorage = parts.depth().events() > 2 * published;
        if (mostAwaitStorage || definition().stages().isEmpty()) {
            return "storage";
        }
        int slowest =
                IntStream.range(0, definition().stages().size())
                        .boxed()
                        .max(Comparator.comparingDouble(this::nanosIn))
                        .orElse(0);
        return "stage:" + definition().stages().get(slowest).name();
    }

    private double nanosIn(int stage) {
        return parts.runners().stream()
                .mapToDouble(runner -> runner.stageClock().nanosIn(stage))
                .sum();
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
        // The committed counts first: what they settle was appended before, so the totals read next
        // include it.
        List<PartitionState> states = committer.committed().partitions();
        Totals totals = journal.totals();
        LedgerCounts counts =
                states.stream()
                        .map(PartitionState::counts)
                        .reduce(LedgerCounts.ZERO, LedgerCounts::plus);
        long taken = states.stream().mapToLong(PartitionState::eventsTaken).sum();
        var late = new TreeMap<String, Long>();
        definition().aggregates().forEach(aggregate -> late.put(aggregate.name(), 0L));
        late.putAll(counts.late());
        return new LedgerView(
                totals.received(),
                totals.accepted(),
                totals.rejected(),
                counts.exploded(),
                counts.duplicate(),
                counts.filtered(),
                counts.dead(),
                counts.discarded(),
                counts.completed(),
                totals.accepted() - taken,
                late);
    }

    public PipelineMetrics metrics() {
        Checkpoint committed = committer.committed();
        Totals totals = journal.totals();
        long duplicates =
                committed.partitions().stream().mapToLong(one -> one.counts().duplicate()).sum();
        long watermarkMs = committed.watermarkMs();
        return new PipelineMetrics(
                totals.accepted(),
                totals.rejected(),
                store.letterCount(),
                parts.depth().events(),
                definition().queueLimit(),
                parts.depth().bytes(),
                parts.drained().perSecond(),
                duplicates,
                watermarkMs == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(watermarkMs),
                parts.latency().latency(),
                parts.runners().stream().mapToLong(PartitionRunner::dedupeHoldsMs).min().orElse(0),
                refused.sum(),
                committer.groups(),
                committer.overflowedGroups(),
                committer.commits());
    }

    /**
     * @throws IllegalArgumentException if the query names an aggregate, group field, value or place
     *     that is not there; the message says what is allowed
     */
    public RowPage rows(RowQuery query) {
        PipelineProgram program = journal.program();
        Aggregation aggregation =
                program.aggregation(query.aggregate())
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "pipeline "
                                                + name()
                                                + " has no aggregate "
                                                + query.aggregate()
                                                + ", but "
                                                + program.aggregations().stream()
                                                        .map(Aggregation::name)
                                                        .toList()));
        return new RowReader(store, aggregation, parts.clock().epochMs()).read(query);
    }

    public Optional<DeadLetter> letter(LetterId id) {
        return store.letter(id);
    }

    /** The letters that match, after {@code after}, at most {@code limit}. */
    public LetterPage letters(LetterFilter filter, Optional<LetterId> after, int limit) {
        List<DeadLetter> page = new ArrayList<>();
        boolean[] more = new boolean[1];
        store.letters(
                after.orElse(null),
                letter -> {
                    if (!filter.matches(letter)) {
                        return true;
                    }
                    if (page.size() == limit) {
                        more[0] = true;
                        return false;
                    }
                    page.add(letter);
                    return true;
                });
        return new LetterPage(page, more[0] ? Optional.of(page.getLast().id()) : Optional.empty());
    }

    /**
     * Tries letters again, through the journal. Waits for the outcomes, but not longer than {@code
     * wait}.
     *
     * @throws StorageException if it cannot be written
     */
    public ReplayReport replay(ReplayRequest request, Duration wait) {
        List<LetterId> chosen = request.ids().isEmpty() ? matching(request) : request.ids();
        String id = UUID.randomUUID().toString();
        parts.requests().open(id, chosen);
        if (!chosen.isEmpty()) {
            write(new JournalRecord.Replay(parts.clock().epochMs(), id, chosen));
        }
        try {
            return parts.requests().await(id, wait.toNanos());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException("interrupted while waiting for replay " + id, interrupted);
        }
    }

    private List<LetterId> matching(ReplayRequest request) {
        List<LetterId> ids = new ArrayList<>();
        store.letters(
                null,
                letter -> {
                    boolean replayable =
                            letter.kind() == LetterKind.STAGE || letter.kind() == LetterKind.LATE;
                    if (replayable && !letter.parked() && request.filter().matches(letter)) {
                        ids.add(letter.id());
                    }
                    return ids.size() < request.limit();
                });
        return ids;
    }

    /** How a replay is going; empty if it is unknown or long done. */
    public Optional<ReplayReport> replay(String id) {
        return parts.requests().report(id);
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
        String id = UUID.randomUUID().toString();
        parts.requests().open(id, ids);
        write(new JournalRecord.Discard(parts.clock().epochMs(), id, ids));
        Checkpoint _ = awaitVisible();
        return parts.requests().report(id).map(ReplayReport::replayed).orElse(0);
    }

    private void write(JournalRecord record) {
        var request = new JournalRequest.Control(JournalCodec.encode(record), record);
        if (writer.append(journal, request) != JournalWriter.Appended.DURABLE) {
            throw new StorageException("pipeline " + name() + " was deleted meanwhile");
        }
    }

    /** Waits until all that was published before is processed; the newest timestamp seen. */
    private long awaitProcessed() {
        List<CompletableFuture<Long>> reached =
                parts.runners().stream().map(PartitionRunner::barrier).toList();
        return joined(() ->
                reached.stream().mapToLong(CompletableFuture::join).max().orElse(Long.MIN_VALUE));
    }

    /** Waits until all that was published before is processed and committed. */
    private Checkpoint awaitVisible() {
        long _ = awaitProcessed();
        return joined(() -> committer.commitNow().join());
    }

    private static <T> T joined(Supplier<T> wait) {
        try {
            return wait.get();
        } catch (CompletionException failed) {
            throw StorageException.of(failed);
        }
    }

    /** Why no events can be taken; empty if they can. */
    Optional<String> trouble() {
        if (stopping) {
            return Optional.of("the server is stopping");
        }
        if (writer.failure().isPresent()) {
            return writer.failure();
        }
        if (committer.hasFailed()) {
            return Optional.of(committer.failure());
        }
        return parts.runners().stream()
                .map(PartitionRunner::failure)
                .filter(Objects::nonNull)
                .findFirst()
                .map(failure -> "a partition of pipeline " + name() + " has failed: " + failure);
    }

    PipelineParts parts() {
        return parts;
    }

    /** Does what is due: ticks and commits. Called a few times a commit interval, by one thread. */
    void beat(long nowNanos) {
        boolean quiet = parts.depth().events() == 0;
        parts.drained().beat(nowNanos, !quiet);
        parts.idleClock().beat(nowNanos, quiet);
        if (!committer.hasFailed()) {
            committer.beat(nowNanos);
        }
    }

    /** Trims the journal to what is retained or still needed. */
    void trim() {
        var retention = definition().retention();
        store.trimJournal(
                committer.committed().neededFrom(),
                parts.clock().epochMs() - retention.age().toMillis(),
                retention.sizeBytes());
    }

    /** Takes no more events from now on. */
    void refuseEvents() {
        stopping = true;
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
