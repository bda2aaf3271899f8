package dev.millrace.engine;

import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.port.Failpoint;
import dev.millrace.core.port.Note;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.task.LetterOutcome;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Sends the letters of one replay off, slice by slice, from where its notes say it stands, and
 * waits for their outcomes. Each slice is one write with the note that says so; what was taken and
 * goes through admission is in that note until it is sent as well. One thread at a time.
 */
final class ReplayRun {
    /** Letters of one replay that are sent and have no committed outcome yet. */
    static final int OUTSTANDING_LETTERS = 5_000;

    /** Bytes of such letters; one slice may exceed it. */
    static final long OUTSTANDING_BYTES = 16L << 20;

    private static final String HELD = "a backfill is running";
    private static final String WAITS = "what it has sent waits for its sinks";
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** A slice at a rate takes what is due in this time. */
    private static final double SLICES_PER_SECOND = 10;

    private final PipelineParts parts;
    private final JournalWriter writer;
    private final Readmissions readmissions;
    private final ReplayJob job;
    private final ReplaySelection selection;
    private final BooleanSupplier held;
    private final Deque<Outstanding> outstanding = new ArrayDeque<>();
    private long outstandingBytes;
    private long nextNanos;

    /**
     * A slice on its way.
     *
     * @param settledWith about the number of outcomes with which all of its letters have theirs
     */
    private record Outstanding(long settledWith, long bytes) {}

    /**
     * @param held whether no letters may be sent at the moment
     */
    ReplayRun(
            PipelineParts parts,
            JournalWriter writer,
            Readmissions readmissions,
            ReplayJob job,
            BooleanSupplier held) {
        this.parts = parts;
        this.writer = writer;
        this.readmissions = readmissions;
        this.job = job;
        this.selection =
                new ReplaySelection(
                        parts.store(),
                        job.asked(),
                        part -> ReplayNotes.ids(parts.store(), job.id(), part));
        this.held = held;
        this.nextNanos = parts.clock().nanos();
    }

    /**
     * @return whether it is done; false: it waits for sinks alone, which may take days, and is to
     *     be run again by any thread when it {@link #canGoOn}
     * @throws InterruptedException if the host stops; the next one goes on
     * @throws StorageException if it cannot be written; likewise
     */
    boolean run() throws InterruptedException {
        failIfNothingIsCommitted();
        if (job.sent().total().isEmpty() && !job.isAllSent()) {
            job.sent(job.sent().counted(selection.count()));
        }
        while (!job.isAllSent()) {
            if (!job.sent().pending().isEmpty()) {
                sendPending(job.sent(), List.of());
            } else if (!awaitRoom()) {
                return false;
            } else {
                awaitTurn();
                if (!job.isAllSent() && !sendSlice()) {
                    return false;
                }
            }
        }
        while (!job.isDone()) {
            if (job.waitsForSinksAlone()) {
                return false;
            }
            lookOn(LOOK_NANOS);
        }
        return true;
    }

    /** Whether it would come any further, or nowhere any more. Not while it runs. */
    boolean canGoOn() {
        if (parts.committer().hasFailed()) {
            return true;
        }
        return job.isAllSent()
                ? job.isDone()
                : isRoom() && parts.outboxes().hasRoomFor(ReplaySelection.SLICE_LETTERS);
    }

    ReplayJob job() {
        return job;
    }

    /** Waits until something changes, but not longer than that. */
    private void lookOn(long nanos) throws InterruptedException {
        failIfNothingIsCommitted();
        job.await(nanos);
    }

    private void failIfNothingIsCommitted() {
        if (parts.committer().hasFailed()) {
            throw new StorageException(parts.committer().failure());
        }
    }

    /** False if only sinks can make room. */
    private boolean awaitRoom() throws InterruptedException {
        while (!job.isAllSent() && !isRoom()) {
            if (job.waitsForSinksAlone()) {
                job.hold(WAITS);
                return false;
            }
            lookOn(LOOK_NANOS);
        }
        return true;
    }

    private boolean isRoom() {
        forgetSettled();
        return job.sent().taken() - job.settledLetters()
                        <= OUTSTANDING_LETTERS - ReplaySelection.SLICE_LETTERS
                && outstandingBytes <= OUTSTANDING_BYTES;
    }

    private void forgetSettled() {
        long settled = job.settledLetters();
        while (!outstanding.isEmpty() && outstanding.getFirst().settledWith() <= settled) {
            outstandingBytes -= outstanding.removeFirst().bytes();
        }
    }

    /** Waits while it is held, and until the rate lets the next slice go. */
    private void awaitTurn() throws InterruptedException {
        long left = nextNanos - parts.clock().nanos();
        while (!job.isAllSent() && (held.getAsBoolean() || left > 0)) {
            job.hold(held.getAsBoolean() ? HELD : "");
            lookOn(Math.clamp(left, 1, LOOK_NANOS));
            left = nextNanos - parts.clock().nanos();
        }
        job.hold("");
    }

    /** Letters in a slice; its time is booked. */
    private int sliceLetters() {
        if (job.asked().ratePerSecond().isEmpty()) {
            return ReplaySelection.SLICE_LETTERS;
        }
        double rate = job.asked().ratePerSecond().getAsDouble();
        int letters =
                Math.clamp(Math.round(rate / SLICES_PER_SECOND), 1, ReplaySelection.SLICE_LETTERS);
        // What it could not send while it waited is not made up for.
        nextNanos =
                Math.max(nextNanos, parts.clock().nanos() - LOOK_NANOS)
                        + (long) (letters / rate * TimeUnit.SECONDS.toNanos(1));
        return letters;
    }

    /** False if there is no room for more letters on their way to sinks. */
    private boolean sendSlice() throws InterruptedException {
        ReplaySent before = job.sent();
        ReplaySelection.Slice slice = selection.next(before, sliceLetters());
        if (!slice.putOut().isEmpty() && !parts.outboxes().hasRoomFor(slice.putOut().size())) {
            job.hold(WAITS);
            return false;
        }
        List<LetterOutcome> known = new ArrayList<>();
        slice.missing().forEach(id -> known.add(LetterOutcome.gone(job.id(), id)));
        List<Outboxes.Resent> items = resent(slice.putOut(), known);
        List<Note> notes = new ArrayList<>();
        ReplaySettled settled = settle(before.settled(), known, notes);
        ReplaySent after = before.plus(slice, settled);
        if (slice.tried().isEmpty() && !slice.refused().isEmpty()) {
            sendPending(after, notes);
            return true;
        }
        notes.add(ReplayNotes.sent(job.id(), after));
        if (!slice.putOut().isEmpty()) {
            parts.outboxes().resend(items, notes);
            parts.committer().awaitCommit();
        } else if (slice.tried().isEmpty()) {
            parts.replays().write(notes);
            parts.committer().awaitCommit();
        } else if (!isSent(slice, notes)) {
            return true;
        }
        outstanding.add(new Outstanding(after.taken(), slice.bytes()));
        outstandingBytes += slice.bytes();
        job.sent(after);
        return true;
    }

    /**
     * Letters of sinks, as items for them.
     *
     * @param known gets the outcomes of those that cannot be sent
     */
    private List<Outboxes.Resent> resent(List<LetterId> letters, List<LetterOutcome> known) {
        List<Outboxes.Resent> items = new ArrayList<>();
        for (LetterId id : letters) {
            Optional<DeadLetter> found = parts.store().letter(id);
            if (found.isEmpty()) {
                known.add(LetterOutcome.gone(job.id(), id));
                continue;
            }
            String sink = found.get().stage();
            parts.outboxes()
                    .queue(sink)
                    .ifPresentOrElse(
                            queue -> resent(id, queue, items, known),
                            () ->
                                    known.add(
                                            Outboxes.noSink(
                                                    new OutboxEntry.Replayed(job.id(), id), sink)));
        }
        return items;
    }

    private void resent(
            LetterId id, SinkQueue queue, List<Outboxes.Resent> items, List<LetterOutcome> known) {
        Optional<String> other = queue.claim(id, job.id());
        if (other.isPresent()) {
            known.add(
                    new LetterOutcome(
                            job.id(),
                            id,
                            LetterOutcome.Result.FAILED,
                            "replay %s has sent it, and what comes of that is not known yet"
                                    .formatted(other.get())));
            return;
        }
        // Until it was claimed another replay may have come to its end with it.
        Optional<DeadLetter> letter = parts.store().letter(id);
        if (letter.isEmpty()) {
            queue.release(List.of(id));
            known.add(LetterOutcome.gone(job.id(), id));
            return;
        }
        items.add(SinkLetters.resent(letter.get(), job.id(), job.asked().patch()));
    }

    /** Not if a backfill began meanwhile; then nothing was written. */
    private boolean isSent(ReplaySelection.Slice slice, List<Note> notes) {
        var record =
                new JournalRecord.Replay(
                        parts.clock().epochMs(), job.id(), slice.tried(), job.asked().patch());
        var request = new JournalRequest.Control(JournalCodec.encode(record), record, notes);
        return switch (writer.append(parts.journal(), request)) {
            case DURABLE -> {
                Failpoint.REPLAY_WRITTEN.reach();
                yield true;
            }
            case STALE -> false;
            case GONE -> throw new StorageException("the pipeline was deleted meanwhile");
        };
    }

    /**
     * Takes letters that are pending through admission, the first of them where one batch cannot
     * hold all.
     *
     * @param notes to be written with it
     */
    private void sendPending(ReplaySent sent, List<Note> notes) throws InterruptedException {
        ReplaySent[] after = new ReplaySent[1];
        List<LetterId> letters = sent.pending();
        List<LetterOutcome> _ =
                readmissions.readmit(
                        job.id(),
                        letters,
                        job.asked().patch(),
                        outcomes -> {
                            List<Note> all = new ArrayList<>(notes);
                            ReplaySettled settled = settle(sent.settled(), outcomes, all);
                            after[0] = sent.plus(outcomes, settled);
                            all.add(ReplayNotes.sent(job.id(), after[0]));
                            return all;
                        });
        job.sent(after[0]);
    }

    /** Adds outcomes, and to the notes those that are kept one by one. */
    private ReplaySettled settle(
            ReplaySettled before, List<LetterOutcome> outcomes, List<Note> notes) {
        int room = job.listable() - (before.listed() - job.sent().settled().listed());
        List<LetterOutcome> listed = outcomes.subList(0, Math.clamp(room, 0, outcomes.size()));
        if (!listed.isEmpty()) {
            notes.add(
                    ReplayNotes.outcomes(
                            job.id(), ReplayNotes.Settler.SENDING, before.listed(), listed));
        }
        return before.plus(outcomes, listed.size());
    }
}
