package dev.millrace.engine;

import dev.millrace.core.MillraceException;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.ledger.Cell;
import dev.millrace.core.ledger.CellKey;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterRef;
import dev.millrace.core.port.Failpoint;
import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.Note;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.task.PipelineProgram;
import dev.millrace.core.task.TaskRecord;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One pipeline's journal on its way from admission to the partitions: gives records their offsets,
 * and delivers them, in order, to the partitions that they concern. Sequencing and publishing
 * belong to the journal writer's thread (and, before that starts, to recovery); the totals can be
 * read by all.
 */
final class PipelineJournal {
    private final PipelineStore store;
    private final List<PartitionRunner> partitions;
    private final QueueDepth depth;
    private final BackfillRunner backfills;
    private volatile PipelineProgram program;
    private final AdmissionLedger ledger;
    private volatile long publishedOffset;
    private volatile boolean gone;

    /** Offsets given out, ahead of {@link #ledger} by what is being written. */
    private long nextOffset;

    /** The program under which the next record will be read, ahead of {@link #program} likewise. */
    private PipelineProgram sequenced;

    /** Whether a change with a backfill is being written. */
    private boolean backfillSequenced;

    PipelineJournal(
            PipelineStore store,
            PipelineProgram program,
            AdmissionLedger ledger,
            List<PartitionRunner> partitions,
            QueueDepth depth,
            BackfillRunner backfills) {
        this.store = store;
        this.program = program;
        this.sequenced = program;
        this.ledger = ledger;
        this.partitions = List.copyOf(partitions);
        this.depth = depth;
        this.backfills = backfills;
        this.nextOffset = ledger.totals().endOffset();
    }

    /** The program that admits events now. */
    PipelineProgram program() {
        return program;
    }

    /**
     * The offset up to which every record was delivered; 0 before the first. Never ahead of what is
     * in the mailboxes, so that a partition with an empty one may pass over all up to it.
     */
    long publishedOffset() {
        return publishedOffset;
    }

    boolean isGone() {
        return gone;
    }

    /** Nothing is appended any more. */
    void end() {
        gone = true;
    }

    /**
     * Whether the request was made for the version that holds at its place in the journal, and can
     * be made there: no replay comes between a change with a backfill and the end of that.
     */
    boolean isCurrent(JournalRequest request) {
        return switch (request) {
            case JournalRequest.Events events ->
                    events.program().version().version() == sequenced.version().version();
            case JournalRequest.Readmission again ->
                    again.program().version().version() == sequenced.version().version();
            case JournalRequest.Change change -> change.basis() == sequenced.version().version();
            case JournalRequest.Control control ->
                    !(control.content() instanceof JournalRecord.Replay)
                            || !(backfillSequenced || backfills.isUnderWay());
        };
    }

    /** Gives the request its place. */
    JournalAppend sequence(JournalRequest request) {
        long offset = nextOffset;
        List<LetterChange> letters = List.of();
        List<Note> notes = List.of();
        Optional<PipelineVersion> version = Optional.empty();
        switch (request) {
            case JournalRequest.Events events -> {
                int received = events.batch().size() + events.rejections().size();
                nextOffset += Math.max(1, received);
                letters =
                        Letterbox.letters(
                                events.rejections(),
                                offset,
                                events.batch().receivedAtMs(),
                                events.program().version().version());
            }
            case JournalRequest.Readmission again -> {
                nextOffset += Math.max(1, again.batch().size());
                letters = again.letters();
                notes = again.notes();
            }
            case JournalRequest.Change change -> {
                nextOffset++;
                version = Optional.of(change.version());
                sequenced = change.program();
                backfillSequenced |= change.backfill().isPresent();
            }
            case JournalRequest.Control control -> {
                nextOffset++;
                notes = control.notes();
            }
        }
        return new JournalAppend(store, offset, request.record(), letters, version, notes);
    }

    /**
     * Forgets what was sequenced and not published, since none of it was written. The offsets stay
     * unused: after a crash the storage may still hold something there.
     */
    void takeBack() {
        sequenced = program;
        backfillSequenced = false;
    }

    /** Delivers a durable request. */
    void publish(JournalRequest request, long offset) {
        switch (request) {
            case JournalRequest.Events events -> {
                int received = events.batch().size() + events.rejections().size();
                publish(
                        events.batch(),
                        RejectedCells.of(events.rejections(), events.batch().receivedAtMs()),
                        events.batch().payloadLength(),
                        offset,
                        offset + Math.max(1, received));
            }
            case JournalRequest.Readmission again -> {
                int letters = again.batch().size();
                publish(
                        again.batch(),
                        RejectedCells.leaving(again.readmitted()),
                        again.batch().payloadLength(),
                        offset,
                        offset + Math.max(1, letters));
            }
            case JournalRequest.Change change -> {
                Failpoint.VERSION_WRITTEN.reach();
                program = change.program();
                change.backfill().ifPresent(plan -> announce(plan, offset));
                backfillSequenced &= change.backfill().isEmpty();
                publishChange(change.program(), offset + 1);
            }
            case JournalRequest.Control control -> publish(control.content(), offset + 1);
        }
    }

    /** The events of a record that the journal held when it was opened; null if it has none. */
    static @Nullable EventBatch reread(
            JournalRecord record, Map<Integer, PipelineProgram> programs) {
        return switch (record) {
            case JournalRecord.Events events ->
                    reread(
                                    programOf(programs, events.version()),
                                    events.payload(),
                                    events.receivedAtMs())
                            .history(events.history());
            case JournalRecord.Readmission again ->
                    reread(
                            programOf(programs, again.version()),
                            again.payload(),
                            again.receivedAtMs());
            default -> null;
        };
    }

    private static EventBatch reread(PipelineProgram program, byte[] payload, long receivedAtMs) {
        return program.reader().reread(payload, 0, payload.length, receivedAtMs);
    }

    /**
     * Takes up a record that the journal held when it was opened.
     *
     * @param batch its events, by {@link #reread}
     */
    void recover(
            long offset,
            JournalRecord record,
            @Nullable EventBatch batch,
            Map<Integer, PipelineProgram> programs) {
        long endOffset = offset + record.width();
        switch (record) {
            case JournalRecord.Events events -> {
                int bytes = events.payload().length;
                EventBatch its = entered(batch, bytes);
                Map<CellKey, Cell> rejected =
                        ledger.isCounted(endOffset)
                                ? Map.of()
                                : RejectedCells.of(store, offset, events);
                publish(its, rejected, bytes, offset, endOffset);
            }
            case JournalRecord.Readmission again -> {
                int bytes = again.payload().length;
                EventBatch its = entered(batch, bytes);
                publish(its, RejectedCells.leaving(again.letters()), bytes, offset, endOffset);
            }
            case JournalRecord.Change change -> {
                PipelineProgram before = sequenced;
                sequenced = programOf(programs, change.version());
                program = sequenced;
                if (change.backfillFromMs().isPresent() && !backfills.isUnderWay()) {
                    // Announced before the crash, and in no checkpoint yet.
                    BackfillPlan.of(
                                    store,
                                    before.version(),
                                    sequenced,
                                    change.backfillFromMs().getAsLong(),
                                    offset)
                            .ifPresent(plan -> announce(plan, offset));
                }
                publishChange(program, endOffset);
            }
            default -> publish(record, endOffset);
        }
        nextOffset = endOffset;
    }

    private EventBatch entered(@Nullable EventBatch batch, int bytes) {
        EventBatch its = Objects.requireNonNull(batch);
        if (its.size() > 0) {
            depth.enter(its.size(), bytes);
            depth.enterLive(its.isHistory() ? 0 : its.size());
        }
        return its;
    }

    private void announce(BackfillPlan plan, long offset) {
        backfills.announce(plan.until(offset), plan.program());
    }

    private static PipelineProgram programOf(Map<Integer, PipelineProgram> programs, int version) {
        PipelineProgram program = programs.get(version);
        if (program == null) {
            throw new MillraceException(
                    "the journal names version " + version + ", which is not stored");
        }
        return program;
    }

    /**
     * Room in the queue was taken for all of the batch; each partition gives back its share.
     *
     * @param rejected what the ledger counts besides those that are accepted
     */
    private void publish(
            EventBatch batch,
            Map<CellKey, Cell> rejected,
            long bytes,
            long offset,
            long endOffset) {
        int[] counts = new int[partitions.size()];
        int concerned = 0;
        for (int i = 0; i < counts.length; i++) {
            counts[i] = batch.eventsOf(i).length;
            concerned += counts[i] > 0 ? 1 : 0;
        }
        count(batch, rejected, counts, endOffset);
        BatchShare share = new BatchShare(depth, concerned, batch.isHistory(), bytes);
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0
                    && !partitions
                            .get(i)
                            .submit(
                                    new TaskRecord.Events(batch, offset, endOffset),
                                    counts[i],
                                    share)) {
                share.leave(counts[i]);
            }
        }
        publishedOffset = endOffset;
    }

    /** Counts what the last commit did not, before it is delivered. */
    private void count(
            EventBatch batch, Map<CellKey, Cell> rejected, int[] counts, long endOffset) {
        int[] fresh = counts.clone();
        for (int i = 0; i < fresh.length; i++) {
            if (partitions.get(i).isPast(endOffset)) {
                fresh[i] = 0;
            }
        }
        ledger.count(batch, rejected, fresh, endOffset);
    }

    private void publishChange(PipelineProgram next, long endOffset) {
        ledger.countNone(endOffset);
        partitions.forEach(runner -> runner.submit(new TaskRecord.Change(next, endOffset)));
        publishedOffset = endOffset;
    }

    private void publish(JournalRecord control, long endOffset) {
        ledger.countNone(endOffset);
        switch (control) {
            case JournalRecord.Replay replay ->
                    byPartition(replay.letters().stream().map(LetterRef::id).toList())
                            .forEach((partition, letters) ->
                                    partitions
                                            .get(partition)
                                            .submit(
                                                    new TaskRecord.Replay(
                                                            replay.replay(),
                                                            letters,
                                                            replay.patch(),
                                                            replay.receivedAtMs(),
                                                            endOffset)));
            case JournalRecord.Discard discard ->
                    byPartition(discard.letters())
                            .forEach((partition, letters) ->
                                    partitions
                                            .get(partition)
                                            .submit(
                                                    new TaskRecord.Discard(
                                                            discard.request(),
                                                            letters,
                                                            endOffset)));
            case JournalRecord.Advance advance ->
                    partitions.forEach(runner ->
                            runner.submit(new TaskRecord.Advance(advance.toMs(), endOffset)));
            case JournalRecord.Events _, JournalRecord.Readmission _, JournalRecord.Change _ ->
                    throw new IllegalArgumentException("not a control record: " + control);
        }
        publishedOffset = endOffset;
    }

    /**
     * A letter belongs to the partition that wrote it; those of the admission are the first
     * partition's.
     */
    private Map<Integer, List<LetterId>> byPartition(List<LetterId> letters) {
        Map<Integer, List<LetterId>> split = new HashMap<>();
        for (LetterId letter : letters) {
            int partition = letter.partition() < partitions.size() ? letter.partition() : 0;
            split.computeIfAbsent(partition, _ -> new ArrayList<>()).add(letter);
        }
        return split;
    }
}
