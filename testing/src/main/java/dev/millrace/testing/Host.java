package dev.millrace.testing;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.Row;
import dev.millrace.core.aggregate.RowSource;
import dev.millrace.core.aggregate.Windows;
import dev.millrace.core.detect.Alert;
import dev.millrace.core.detect.Detection;
import dev.millrace.core.ledger.LedgerAudit;
import dev.millrace.core.ledger.LedgerBook;
import dev.millrace.core.ledger.LedgerCounts;
import dev.millrace.core.ledger.LedgerRows;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterCodec;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterRef;
import dev.millrace.core.letter.Origin;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.DedupeBlock;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.task.BackfillPart;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.Handover;
import dev.millrace.core.task.LetterOutcome;
import dev.millrace.core.task.MergeTask;
import dev.millrace.core.task.Merged;
import dev.millrace.core.task.PartitionState;
import dev.millrace.core.task.PartitionTask;
import dev.millrace.core.task.PipelineProgram;
import dev.millrace.core.task.StageObserver;
import dev.millrace.core.task.TaskRecord;
import dev.millrace.core.task.Wanted;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The smallest host: feeds partition tasks from a {@link Feed}, commits what they hand over, and
 * takes up where the store says the last one stopped. Throwing it away is a crash.
 *
 * <p>Holds every commit against what must be true of any: the ledger balances, for every source and
 * minute too, stage letters are as many as the ledger's dead, revisions rise, final rows stay
 * final.
 */
final class Host {
    private final Feed feed;
    private final PipelineStore store;
    private final List<PartitionTask> tasks = new ArrayList<>();
    private final int[] next;
    private final MergeTask merge;
    private final LedgerBook book;
    private final LedgerAudit audit;
    private long totalsOffset;
    private final HostBackfill backfill;
    private long revision;

    /**
     * What the next commit is made of.
     *
     * @param reached how far each partition was in the feed
     */
    record Begun(List<Handover> handovers, int[] reached) {}

    /** What one commit made visible. */
    record Committed(long revision, List<RowState> rows, List<LetterOutcome> outcomes) {}

    /** Begins with a feed. */
    Host(Feed feed, PipelineStore store) {
        this(feed, store, new int[feed.programs().partitions()]);
    }

    /**
     * @param reached how far the committed work reached in the feed: ticks before that are over,
     *     they are no part of the journal
     */
    Host(Feed feed, PipelineStore store, int[] reached) {
        this.feed = feed;
        this.store = store;
        int partitions = feed.programs().partitions();
        Checkpoint checkpoint = checkpoint(store, partitions);
        this.next = new int[partitions];
        for (int partition = 0; partition < partitions; partition++) {
            PartitionState state = checkpoint.partitions().get(partition);
            next[partition] = feed.indexFrom(state.endOffset(), reached[partition]);
            tasks.add(task(partition, state));
        }
        this.merge = new MergeTask(feed.programs().all(), store, checkpoint);
        this.book = new LedgerBook(store);
        this.audit = new LedgerAudit(store);
        this.totalsOffset = checkpoint.totalsOffset();
        this.backfill = new HostBackfill(feed, store, checkpoint);
        this.revision = checkpoint.revision();
    }

    static Checkpoint checkpoint(PipelineStore store, int partitions) {
        return store.checkpoint()
                .map(Checkpoint::decode)
                .orElseGet(() -> Checkpoint.initial(1, partitions));
    }

    private PartitionTask task(int partition, PartitionState state) {
        PipelineProgram program = feed.programs().version(state.version());
        PartitionTask task =
                new PartitionTask(partition, program, state, store, StageObserver.NONE);
        if (state.receiptMs() != Long.MIN_VALUE) {
            store.readDedupe(
                    partition,
                    state.receiptMs() - program.definition().dedupe().toMillis(),
                    block -> task.restoreDedupe(block.ids(), block.lastReceivedAtMs()));
        }
        return task;
    }

    boolean hasMore(int partition) {
        return next[partition] < feed.size();
    }

    /** Whether a partition's next record must wait for the end of a backfill. */
    boolean isHeld(int partition) {
        Feed.Entry entry = feed.entry(next[partition]);
        return entry.record() instanceof TaskRecord.Replay && backfill.holds(entry.offset());
    }

    /** Whether there is a backfill in what was fed that has not ended. */
    boolean isBackfilling() {
        int furthest = Arrays.stream(next).max().orElse(0);
        return furthest > 0 && backfill.isUnderWay(feed.entry(furthest - 1).endOffset());
    }

    /** Takes the backfill on by a step, if it can go on. */
    void backfill() {
        backfill.step();
    }

    boolean hasMore() {
        for (int partition = 0; partition < next.length; partition++) {
            if (hasMore(partition)) {
                return true;
            }
        }
        return false;
    }

    /** Index of the entry that a partition takes next. */
    int position(int partition) {
        return next[partition];
    }

    /** {@link Long#MIN_VALUE} where a partition has none yet. */
    long watermarkMs(int partition) {
        return tasks.get(partition).watermarkMs();
    }

    /** A tick for one partition alone, ahead of what it takes next. */
    void tick(int partition, long toMs) {
        tasks.get(partition).process(new TaskRecord.Tick(toMs));
    }

    /** Feeds a partition its next entry. */
    void process(int partition) {
        TaskRecord record = feed.entry(next[partition]++).record();
        PartitionTask task = tasks.get(partition);
        if (record instanceof TaskRecord.Events events
                && events.batch().eventsOf(partition).length == 0) {
            task.passOver(events.endOffset());
        } else {
            TaskRecord part = partOf(record, partition);
            provideAnswers(task, part);
            task.process(part);
        }
    }

    private static void provideAnswers(PartitionTask task, TaskRecord record) {
        List<Wanted> wanted = task.wanted(record);
        while (!wanted.isEmpty()) {
            for (Wanted one : wanted) {
                task.provide(one, one.fetch().toCompletableFuture().join());
            }
            wanted = task.wanted(record);
        }
    }

    /** A letter is replayed and discarded by the partition that wrote it. */
    private static TaskRecord partOf(TaskRecord record, int partition) {
        return switch (record) {
            case TaskRecord.Replay replay ->
                    new TaskRecord.Replay(
                            replay.replay(),
                            ofPartition(replay.letters(), partition),
                            replay.patch(),
                            replay.receivedAtMs(),
                            replay.endOffset());
            case TaskRecord.Discard discard ->
                    new TaskRecord.Discard(
                            discard.request(),
                            ofPartition(discard.letters(), partition),
                            discard.endOffset());
            case TaskRecord.Events _,
                    TaskRecord.Change _,
                    TaskRecord.Advance _,
                    TaskRecord.Tick _ ->
                    record;
        };
    }

    private static List<LetterId> ofPartition(List<LetterId> letters, int partition) {
        return letters.stream().filter(id -> id.partition() == partition).toList();
    }

    /** Feeds every partition its next entry, if it has one. */
    void processAll() {
        for (int partition = 0; partition < next.length; partition++) {
            if (hasMore(partition)) {
                process(partition);
            }
        }
    }

    Committed commit() {
        return commit(handOver());
    }

    /** Begins a commit. The tasks may go on before it is written. */
    Begun handOver() {
        return new Begun(tasks.stream().map(PartitionTask::handOver).toList(), next.clone());
    }

    Committed commit(Begun begun) {
        List<Handover> handovers = begun.handovers();
        revision++;
        BackfillPart part = backfill.handOver(handovers);
        Merged merged = merge.merge(handovers, part.deltas(), revision);
        Checkpoint checkpoint = checkpoint(handovers, merged, part);
        CommitChecks.rows(feed.programs(), store, revision, merged.rows());
        List<Commit.RowChange> rows = merged.rows();
        LedgerBook.Booking booking =
                book.book(
                        feed.admitted(totalsOffset, checkpoint.totalsOffset()),
                        handovers.stream().map(Handover::ledger).toList(),
                        0);
        store.commit(
                new Commit(
                        checkpoint.encode(),
                        Stream.concat(rows.stream(), booking.rows().stream()).toList(),
                        merged.expiries(),
                        merged.dropped(),
                        letters(part, handovers),
                        dedupe(handovers),
                        dedupeNotBeforeMs(handovers),
                        List.of()));
        totalsOffset = checkpoint.totalsOffset();
        backfill.committed(checkpoint);
        CommitChecks.ledger(handovers, storedLetters());
        long takenOffset = checkpoint.neededFrom();
        CommitChecks.cells(
                audit.check(booking, minuteMs -> feed.holds(minuteMs, takenOffset)),
                handovers,
                cells());
        return new Committed(
                revision,
                rows.stream()
                        .filter(feed.programs()::isVisible)
                        .map(feed.programs()::row)
                        .map(RowState::of)
                        .toList(),
                handovers.stream().flatMap(one -> one.outcomes().stream()).toList());
    }

    private Checkpoint checkpoint(List<Handover> handovers, Merged merged, BackfillPart part) {
        List<PartitionState> states = handovers.stream().map(Handover::state).toList();
        long upTo = states.stream().mapToLong(PartitionState::endOffset).max().orElseThrow();
        return new Checkpoint(
                revision,
                merged.watermarkMs(),
                upTo,
                feed.acceptedBelow(upTo),
                0,
                states,
                merged.sessions(),
                part.state());
    }

    /** Through their stored form, as a real store keeps them. */
    private static List<LetterChange> letters(BackfillPart part, List<Handover> handovers) {
        return Stream.concat(
                        part.letters().stream(),
                        handovers.stream().flatMap(one -> one.letters().stream()))
                .map(Host::stored)
                .toList();
    }

    private static LetterChange stored(LetterChange change) {
        return switch (change) {
            case LetterChange.Put(DeadLetter letter) ->
                    new LetterChange.Put(
                            LetterCodec.decode(letter.id(), LetterCodec.encode(letter)));
            case LetterChange.Remove remove -> remove;
        };
    }

    private List<DedupeBlock> dedupe(List<Handover> handovers) {
        return handovers.stream()
                .filter(one -> one.dedupeIds().length > 0)
                .map(one ->
                        new DedupeBlock(
                                one.partition(),
                                revision,
                                one.state().receiptMs(),
                                one.dedupeIds()))
                .toList();
    }

    private static long dedupeNotBeforeMs(List<Handover> handovers) {
        return handovers.stream()
                .filter(one -> one.state().receiptMs() != Long.MIN_VALUE)
                .mapToLong(one ->
                        one.state().receiptMs() - one.program().definition().dedupe().toMillis())
                .min()
                .orElse(Long.MIN_VALUE);
    }

    /** What a journal says of these letters, gone or not. */
    List<LetterRef> refs(List<LetterId> letters) {
        return letters.stream()
                .map(id ->
                        store.letter(id)
                                .map(DeadLetter::ref)
                                .orElse(new LetterRef(id, Origin.NONE)))
                .toList();
    }

    /** Those that are committed, by id. */
    List<DeadLetter> storedLetters() {
        List<DeadLetter> letters = new ArrayList<>();
        store.letters(LetterFilter.ALL, null, letters::add);
        return letters;
    }

    /** The letters that are committed, for one event at one stage. */
    Optional<DeadLetter> letter(Step.LetterRef ref) {
        return storedLetters().stream()
                .filter(one ->
                        one.stage().equals(ref.stage())
                                && LetterState.eventId(one).equals(ref.eventId()))
                .findFirst();
    }

    /** What is stored, once all was fed and committed. */
    Observed observe(List<RowState> history, List<LetterOutcome> outcomes) {
        return observe(history, outcomes, Long.MIN_VALUE);
    }

    /**
     * What is committed.
     *
     * @param nowMs the clock of whoever reads the rows
     */
    Observed observe(List<RowState> history, List<LetterOutcome> outcomes, long nowMs) {
        Checkpoint checkpoint = checkpoint(store, feed.programs().partitions());
        LedgerCounts ledger =
                checkpoint.partitions().stream()
                        .map(PartitionState::counts)
                        .reduce(LedgerCounts.ZERO, LedgerCounts::plus);
        return new Observed(
                visibleRows(checkpoint, nowMs),
                history,
                storedAlerts(),
                storedLetters(),
                outcomes,
                ledger,
                cells(),
                checkpoint.received(),
                checkpoint.watermarkMs());
    }

    /** The ledger by source and minute, as far as partitions have taken events. */
    private Map<LedgerPlace, CellState> cells() {
        Map<LedgerPlace, CellState> cells = new HashMap<>();
        LedgerRows.minutes(
                store,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Optional.empty(),
                null,
                (key, cell) -> {
                    if (cell.taken() > 0) {
                        cells.put(
                                new LedgerPlace(key.minuteMs(), key.source()), CellState.of(cell));
                    }
                    return true;
                });
        return cells;
    }

    private List<Alert> storedAlerts() {
        List<Alert> alerts = new ArrayList<>();
        for (Detection detection : feed.programs().newest().detections()) {
            store.rows(
                    detection.number(),
                    Long.MIN_VALUE,
                    Long.MAX_VALUE,
                    null,
                    (startMs, group, value) -> alerts.add(detection.alert(startMs, group, value)));
        }
        return alerts;
    }

    /**
     * The rows as a reader sees them, whatever they are stored as, but for sessions that are no
     * longer kept: when those go depends on when commits were.
     */
    private List<RowState> visibleRows(Checkpoint checkpoint, long clockMs) {
        long newestMs =
                checkpoint.partitions().stream()
                        .mapToLong(this::newestEventMs)
                        .reduce(clockMs, Math::max);
        List<RowState> rows = new ArrayList<>();
        for (int number : feed.programs().stateNumbers()) {
            Aggregation aggregation = feed.programs().aggregation(number);
            long keptFromMs = keptFromMs(aggregation, checkpoint.watermarkMs());
            RowSource.of(aggregation, store, checkpoint.watermarkMs(), newestMs)
                    .rows(
                            Long.MIN_VALUE,
                            Long.MAX_VALUE,
                            null,
                            found -> {
                                Row row = found.row();
                                return row.windowEndMs() <= keptFromMs
                                        || rows.add(RowState.of(row));
                            });
        }
        return rows;
    }

    /** Sessions that end at or before this may be stored yet, for others to join, or not. */
    private static long keptFromMs(Aggregation aggregation, long watermarkMs) {
        return aggregation.windows() instanceof Windows.Sessions && watermarkMs != Long.MIN_VALUE
                ? watermarkMs - aggregation.definition().keep().toMillis()
                : Long.MIN_VALUE;
    }

    private long newestEventMs(PartitionState state) {
        return state.newestEventMs(
                feed.programs().version(state.version()).definition().outOfOrder());
    }
}
