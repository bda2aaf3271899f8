package dev.millrace.core.task;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.Deltas;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.ledger.LedgerCounts;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterRef;
import dev.millrace.core.letter.Origin;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.port.LetterStore;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives new and changed aggregates what was received before their version began: one pass over the
 * journal, all partitions at once, from the backfill's start up to the change. Beside the pipeline:
 * it takes duplicates for what they are by an index of its own, and what it comes to besides the
 * deltas of its aggregates (letters, counts, watermarks, other aggregates) is dropped.
 *
 * <p>The host brings one record after the other, in order of offsets, and takes it through its
 * steps: {@link #begin}, then {@link #wanted}, {@link #provide} and {@link #step} while {@link
 * #isBusy}. At each commit it takes {@link #handOver}. After a crash it makes a new one from the
 * committed {@link Backfill}, which goes through the journal from the very start again, to know
 * what was a duplicate and what was replayed, and hands over nothing up to the position that is
 * committed. Deterministic. One thread at a time.
 */
public final class BackfillTask {
    /** Of letters that tasks here write, apart from those of the tasks that try events out. */
    private static final long FIRST_SEQUENCE = 1L << 62;

    private final PipelineProgram program;
    private final LetterStore letters;
    private final JournalSource journal;
    private final Checkpoint checkpoint;
    private final WaitingLetters waiting;
    private final FailedEvents failed = new FailedEvents();
    private final List<LetterBook> books = new ArrayList<>();
    private final List<PartitionTask> tasks = new ArrayList<>();
    private final Map<Integer, Trial> trials = new HashMap<>();
    private final Deque<Step> steps = new ArrayDeque<>();
    private final Event event;

    private Backfill backfill;
    private long nextOffset;
    private long recordEnd;
    private long eventsTaken;

    /** Whether it is past what the committed rows hold. */
    private boolean fresh;

    private Reread reread = Reread.NONE;

    /** What is left to do of the record at hand. */
    private sealed interface Step {
        /** Learn the ids of events that are too old to count. */
        record Remember(EventBatch batch) implements Step {}

        record Take(TaskRecord.Events events) implements Step {}

        /** Replay what of an event failed here too. */
        record Replay(LetterRef letter, JournalRecord.Replay replay) implements Step {}

        /** See what of the event at an offset fails, before a replay of it. */
        record Try(Trial trial, EventBatch one, long offset) implements Step {}
    }

    /** What a partition's events are tried out by. */
    private record Trial(PartitionTask task, LetterBook letters) {}

    /** A record that was read again, for the events of replays. */
    private record Reread(long offset, List<EventBatch> batches) {
        static final Reread NONE = new Reread(-1, List.of());

        boolean holds(long eventOffset) {
            return !batches.isEmpty()
                    && eventOffset >= offset
                    && eventOffset < offset + batch().size();
        }

        EventBatch batch() {
            return batches.getFirst();
        }
    }

    /**
     * @param program of the backfill's version
     * @param checkpoint of the newest commit; every partition is behind the change
     * @param letters those that are committed, whenever they are asked for
     * @param journal where the events of replays are found
     * @throws IllegalArgumentException if the program is of another version
     */
    public BackfillTask(
            PipelineProgram program,
            Backfill backfill,
            Checkpoint checkpoint,
            LetterStore letters,
            JournalSource journal) {
        if (program.version().version() != backfill.version()) {
            throw new IllegalArgumentException(
                    "a backfill of version %d by version %d"
                            .formatted(backfill.version(), program.version().version()));
        }
        this.program = program;
        this.backfill = backfill;
        this.checkpoint = checkpoint;
        this.letters = letters;
        this.journal = journal;
        this.event = new Event(program.projection());
        this.nextOffset = backfill.startOffset();
        this.fresh = backfill.position() == backfill.startOffset();
        this.waiting =
                new WaitingLetters(
                        letters,
                        program.aggregations().stream()
                                .filter(one -> backfill.aggregates().contains(one.number()))
                                .collect(Collectors.toMap(Aggregation::number, Aggregation::name)),
                        backfill.endOffset());
        for (int partition = 0; partition < program.partitions(); partition++) {
            LetterBook book = new LetterBook(failed);
            books.add(book);
            tasks.add(scratch(partition, book, FIRST_SEQUENCE, waiting));
        }
    }

    /** A partition that starts with nothing but the watermark and floors of the real one. */
    private PartitionTask scratch(
            int partition, LetterBook book, long letterSequence, @Nullable CountedEvents counted) {
        PartitionState real = checkpoint.partitions().get(partition);
        PartitionState state =
                new PartitionState(
                        program.version().version(),
                        0,
                        0,
                        real.watermarkMs(),
                        real.firstWatermarkMs(),
                        Long.MIN_VALUE,
                        real.newestMs(),
                        letterSequence,
                        LedgerCounts.ZERO,
                        real.floorsMs());
        return new PartitionTask(
                partition, program, state, book, StageObserver.NONE, counted, false);
    }

    /** Where it stood at the last handover. */
    public Backfill backfill() {
        return backfill;
    }

    /** The offset of the record that it takes next. */
    public long nextOffset() {
        return nextOffset;
    }

    /** Events that it went through, those that only tell duplicates included. */
    public long eventsTaken() {
        return eventsTaken;
    }

    /** Whether it has seen all records. */
    public boolean isThrough() {
        return nextOffset >= backfill.endOffset();
    }

    /** Whether there are steps left of the record at hand. */
    public boolean isBusy() {
        return !steps.isEmpty();
    }

    /**
     * Begins with the next record.
     *
     * @throws IllegalStateException if it is busy or through
     */
    public void begin(long offset, JournalRecord record) {
        if (isBusy() || isThrough()) {
            throw new IllegalStateException("record " + offset + " comes out of turn");
        }
        if (!fresh && offset >= backfill.position()) {
            List<Deltas> _ = takeDeltas();
            waiting.forgetCounted();
            fresh = true;
        }
        recordEnd = offset + record.width();
        switch (record) {
            case JournalRecord.Events events ->
                    take(offset, read(events.payload(), events.receivedAtMs()));
            case JournalRecord.Readmission again ->
                    take(offset, read(again.payload(), again.receivedAtMs()));
            case JournalRecord.Replay replay -> {
                if (replay.receivedAtMs() >= backfill.fromMs()) {
                    replay.letters().stream()
                            .filter(one -> isBeforeTheChange(one.origin()))
                            .forEach(one -> steps.add(new Step.Replay(one, replay)));
                }
            }
            case JournalRecord.Change _, JournalRecord.Discard _, JournalRecord.Advance _ -> {}
        }
        endRecord();
    }

    private EventBatch read(byte[] payload, long receivedAtMs) {
        return program.reader().reread(payload, 0, payload.length, receivedAtMs).history(true);
    }

    private void take(long offset, EventBatch batch) {
        eventsTaken += batch.size();
        steps.add(
                batch.receivedAtMs() < backfill.fromMs()
                        ? new Step.Remember(batch)
                        : new Step.Take(new TaskRecord.Events(batch, offset, recordEnd)));
    }

    /** Not of an event that was refused at admission: that has no place in the journal. */
    private boolean isBeforeTheChange(Origin origin) {
        return origin.offset() >= 0 && origin.offset() < backfill.endOffset();
    }

    private void endRecord() {
        if (steps.isEmpty()) {
            nextOffset = recordEnd;
        }
    }

    /**
     * The answers that the next step needs, each once; asked for again until there are none, as for
     * {@link PartitionTask#wanted}.
     */
    public List<Wanted> wanted() {
        Set<Wanted> wanted = new LinkedHashSet<>();
        concerned().forEach((task, record) -> wanted.addAll(task.wanted(record)));
        return List.copyOf(wanted);
    }

    /** Takes an answer that the next step wanted. */
    public void provide(Wanted wanted, Answer answer) {
        concerned().keySet().forEach(task -> task.provide(wanted, answer));
    }

    /** Who takes part in the next step, and in what. */
    private Map<PartitionTask, TaskRecord> concerned() {
        Map<PartitionTask, TaskRecord> concerned = new LinkedHashMap<>();
        switch (nextStep()) {
            case Step.Take(TaskRecord.Events events) -> {
                for (int partition = 0; partition < tasks.size(); partition++) {
                    if (events.batch().eventsOf(partition).length > 0) {
                        concerned.put(tasks.get(partition), events);
                    }
                }
            }
            case Step.Try(Trial trial, EventBatch one, long offset) ->
                    concerned.put(trial.task(), new TaskRecord.Events(one, offset, offset + 1));
            case Step.Replay(LetterRef letter, JournalRecord.Replay replay) -> {
                List<LetterId> named = failed.of(letter.origin());
                if (!named.isEmpty()) {
                    concerned.put(
                            tasks.get(named.getFirst().partition()),
                            new TaskRecord.Replay(
                                    replay.replay(),
                                    named,
                                    replay.patch(),
                                    replay.receivedAtMs(),
                                    recordEnd));
                }
            }
            case Step.Remember _ -> {}
        }
        return concerned;
    }

    /** Before a replay goes on, what of its event fails here must be known. */
    private Step nextStep() {
        if (steps.getFirst() instanceof Step.Replay(LetterRef letter, JournalRecord.Replay _)
                && !failed.knows(letter.origin().offset())) {
            trialOf(letter.origin().offset())
                    .ifPresentOrElse(
                            steps::addFirst,
                            () -> failed.take(letter.origin().offset(), List.of()));
        }
        return steps.getFirst();
    }

    /** Empty for an event that is no longer in the journal. */
    private Optional<Step> trialOf(long offset) {
        if (!reread.holds(offset)) {
            reread = readRecordOf(offset);
        }
        if (!reread.holds(offset)) {
            return Optional.empty();
        }
        EventBatch batch = reread.batch();
        int index = (int) (offset - reread.offset());
        event.moveTo(batch, index);
        EventBatch one = program.reader().one(event.rawJson(), batch.receivedAtMs());
        Trial trial = trials.computeIfAbsent(batch.partition(index), this::trial);
        return Optional.of(new Step.Try(trial, one.history(true), offset));
    }

    private Trial trial(int partition) {
        LetterBook book = new LetterBook(failed);
        return new Trial(scratch(partition, book, 0, null), book);
    }

    private Reread readRecordOf(long offset) {
        Reread[] found = {Reread.NONE};
        journal.readJournal(
                offset,
                (at, bytes) -> {
                    switch (JournalCodec.decode(at, bytes)) {
                        case JournalRecord.Events events ->
                                found[0] = reread(at, events.payload(), events.receivedAtMs());
                        case JournalRecord.Readmission again ->
                                found[0] = reread(at, again.payload(), again.receivedAtMs());
                        case JournalRecord.Change _,
                                JournalRecord.Replay _,
                                JournalRecord.Discard _,
                                JournalRecord.Advance _ -> {}
                    }
                    return false;
                });
        return found[0];
    }

    private Reread reread(long offset, byte[] payload, long receivedAtMs) {
        return new Reread(offset, List.of(read(payload, receivedAtMs)));
    }

    /** Does the next step; only once all answers are there that it needs. */
    public void step() {
        Map<PartitionTask, TaskRecord> concerned = concerned();
        switch (steps.removeFirst()) {
            case Step.Remember(EventBatch batch) -> tasks.forEach(task -> task.remember(batch));
            case Step.Take _ -> {
                concerned.forEach(PartitionTask::process);
                List<LetterChange> _ = takeLetters();
            }
            case Step.Replay(LetterRef letter, JournalRecord.Replay _) -> {
                concerned.forEach(PartitionTask::process);
                failed.take(letter.origin().offset(), takeLetters());
            }
            case Step.Try(Trial trial, EventBatch one, long offset) -> {
                trial.task().takeAgain(one, offset);
                failed.take(offset, trial.letters().takeChanges());
            }
        }
        endRecord();
    }

    private List<LetterChange> takeLetters() {
        return books.stream().flatMap(book -> book.takeChanges().stream()).toList();
    }

    /**
     * Tells how far the partitions are, so that nothing is added to a row that is no longer kept.
     *
     * @param committed the newest
     */
    public void follow(Checkpoint committed) {
        for (int partition = 0; partition < tasks.size(); partition++) {
            long watermarkMs = committed.partitions().get(partition).watermarkMs();
            if (watermarkMs != Long.MIN_VALUE) {
                tasks.get(partition).process(new TaskRecord.Tick(watermarkMs));
            }
        }
    }

    /**
     * Hands over what the records since the last handover came to, unless it is in the midst of
     * one: then nothing. The host commits it before it asks for the next one, or throws this task
     * away. An aggregate that no partition's version has any more is not backfilled further.
     *
     * @param beside the partitions' part of the same commit
     */
    public BackfillPart handOver(List<Handover> beside) {
        Set<Integer> kept =
                beside.stream()
                        .flatMap(one -> one.program().aggregations().stream())
                        .map(Aggregation::number)
                        .filter(backfill.aggregates()::contains)
                        .collect(Collectors.toSet());
        if (kept.isEmpty()) {
            return BackfillPart.NONE;
        }
        backfill = backfill.of(kept);
        if (isBusy()) {
            return BackfillPart.of(Optional.of(backfill));
        }
        List<Deltas> deltas = takeDeltas();
        if (!fresh) {
            waiting.forgetCounted();
            return BackfillPart.of(Optional.of(backfill));
        }
        backfill = backfill.at(nextOffset);
        return new BackfillPart(
                isThrough() ? Optional.empty() : Optional.of(backfill),
                deltas.stream().filter(one -> kept.contains(one.aggregation().number())).toList(),
                waiting.takeChanges(letters));
    }

    private List<Deltas> takeDeltas() {
        for (Trial trial : trials.values()) {
            Handover _ = trial.task().handOver();
        }
        return tasks.stream().flatMap(task -> task.handOver().deltas().stream()).toList();
    }
}
