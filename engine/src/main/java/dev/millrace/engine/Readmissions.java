package dev.millrace.engine;

import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.MergePatch;
import dev.millrace.core.event.Rejection;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.port.Note;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.task.LetterOutcome;
import dev.millrace.core.task.PipelineProgram;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Takes events that admission refused through it again: those that it accepts now become a record
 * of the journal, in one write with what becomes of their letters. They take room in the queue like
 * any batch, but wait for it. Safe for use by many threads.
 */
final class Readmissions {
    private static final long ROOM_MS = 10;

    private final PipelineParts parts;
    private final JournalWriter writer;

    /**
     * Held from before a letter is read until what becomes of it is written, so that two that want
     * the same letter do not both have it.
     */
    private final ReentrantLock claim = new ReentrantLock();

    Readmissions(PipelineParts parts, JournalWriter writer) {
        this.parts = parts;
        this.writer = writer;
    }

    /** Does something to letters of the admission while none is readmitted. */
    <T> T exclusively(Supplier<T> action) {
        claim.lock();
        try {
            return action.get();
        } finally {
            claim.unlock();
        }
    }

    /** Why admission refuses an event. */
    record Refused(String code, String sentence) {}

    /**
     * What admission says of a letter's event now.
     *
     * @param event with the patch, if any
     */
    record Attempt(DeadLetter letter, byte[] event, Optional<Refused> refused) {
        LetterChange change(long nowMs, int version) {
            return refused.<LetterChange>map(why ->
                            new LetterChange.Put(
                                    letter.failedAgain(
                                            letter.stage(),
                                            why.code(),
                                            why.sentence(),
                                            nowMs,
                                            version,
                                            letter.failed())))
                    .orElse(new LetterChange.Remove(letter.id()));
        }

        LetterOutcome outcome(String replay) {
            if (refused.isEmpty()) {
                return new LetterOutcome(replay, letter.id(), LetterOutcome.Result.REPLAYED, "");
            }
            boolean parks = letter.attempts() + 1 >= DeadLetter.MAX_ATTEMPTS;
            return new LetterOutcome(
                    replay,
                    letter.id(),
                    parks ? LetterOutcome.Result.PARKED : LetterOutcome.Result.FAILED,
                    refused.get().sentence());
        }
    }

    /** Tries a letter without any effect. */
    static Attempt attempt(
            PipelineProgram program, DeadLetter letter, byte @Nullable [] patch, long nowMs) {
        if (patch == null) {
            return new Attempt(
                    letter,
                    letter.event(),
                    program.reader()
                            .check(letter.event(), nowMs)
                            .map(why -> new Refused(why.code().text(), why.sentence())));
        }
        try {
            byte[] patched = MergePatch.of(patch).apply(letter.event());
            Optional<Rejection> rejection = program.reader().check(patched, nowMs);
            return new Attempt(
                    letter,
                    patched,
                    rejection.map(why ->
                            new Refused(
                                    "invalid-patch",
                                    "with the patch it is no valid event: " + why.sentence())));
        } catch (IllegalStateException noJson) {
            return new Attempt(
                    letter,
                    letter.event(),
                    Optional.of(new Refused("invalid-patch", String.valueOf(noJson.getMessage()))));
        }
    }

    /**
     * Takes the first of some letters through admission, as many as one batch may hold. Waits for
     * room in the queue; returns once the record is durable.
     *
     * @param letters at least one, each once
     * @param notes what is to be written with the record, by its outcomes
     * @return the outcomes of the first letters, in order
     * @throws StorageException if it cannot be written
     */
    List<LetterOutcome> readmit(
            String replay,
            List<LetterId> letters,
            byte @Nullable [] patch,
            Function<List<LetterOutcome>, List<Note>> notes)
            throws InterruptedException {
        while (true) {
            PipelineProgram program = parts.journal().program();
            int limit = program.definition().queueLimit();
            List<LetterId> some = letters.subList(0, Math.min(letters.size(), limit));
            while (!parts.depth().tryEnter(some.size(), 0, limit)) {
                TimeUnit.MILLISECONDS.sleep(ROOM_MS);
            }
            Optional<List<LetterOutcome>> outcomes =
                    exclusively(() -> append(program, replay, some, patch, notes));
            if (outcomes.isPresent()) {
                return outcomes.get();
            }
        }
    }

    /**
     * What admission says of some letters.
     *
     * @param changes what becomes of those that are there
     * @param readmitted what the letters say of the events that it accepts
     * @param accepted those events, a line each
     */
    private record Attempts(
            List<LetterOutcome> outcomes,
            List<LetterChange> changes,
            List<JournalRecord.Readmission.Refused> readmitted,
            ByteArrayOutputStream accepted) {
        void add(LetterOutcome outcome, Attempt attempt, long nowMs, int version) {
            outcomes.add(outcome);
            changes.add(attempt.change(nowMs, version));
            if (attempt.refused().isEmpty()) {
                DeadLetter letter = attempt.letter();
                readmitted.add(
                        new JournalRecord.Readmission.Refused(
                                letter.receivedAtMs(), letter.source()));
                accepted.writeBytes(attempt.event());
                accepted.write('\n');
            }
        }
    }

    private Attempts attempts(
            PipelineProgram program,
            String replay,
            List<LetterId> letters,
            byte @Nullable [] patch,
            long nowMs) {
        Attempts attempts =
                new Attempts(
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new ArrayList<>(),
                        new ByteArrayOutputStream());
        for (LetterId id : letters) {
            Optional<DeadLetter> letter = parts.store().letter(id);
            if (letter.isEmpty()) {
                attempts.outcomes().add(LetterOutcome.gone(replay, id));
            } else {
                Attempt attempt = attempt(program, letter.get(), patch, nowMs);
                int version = program.version().version();
                attempts.add(attempt.outcome(replay), attempt, nowMs, version);
            }
        }
        return attempts;
    }

    /** Has room for all of them; empty if the pipeline got another version meanwhile. */
    private Optional<List<LetterOutcome>> append(
            PipelineProgram program,
            String replay,
            List<LetterId> letters,
            byte @Nullable [] patch,
            Function<List<LetterOutcome>, List<Note>> notes) {
        int room = letters.size();
        long bytes = 0;
        int live = 0;
        boolean published = false;
        try {
            long nowMs = parts.clock().epochMs();
            Attempts attempts = attempts(program, replay, letters, patch, nowMs);
            byte[] payload = attempts.accepted().toByteArray();
            EventBatch batch = program.reader().reread(payload, 0, payload.length, nowMs);
            byte[] record =
                    JournalCodec.encode(
                            new JournalRecord.Readmission(
                                    nowMs,
                                    program.version().version(),
                                    replay,
                                    attempts.readmitted(),
                                    payload));
            live = batch.size();
            parts.depth().enterLive(live);
            bytes = batch.payloadLength();
            parts.depth().enter(live - room, bytes);
            room = live;
            JournalWriter.Appended appended =
                    writer.append(
                            parts.journal(),
                            new JournalRequest.Readmission(
                                    record,
                                    program,
                                    batch,
                                    attempts.readmitted(),
                                    attempts.changes(),
                                    notes.apply(attempts.outcomes())));
            published = appended == JournalWriter.Appended.DURABLE;
            if (published) {
                parts.budgets().written(attempts.changes());
            }
            return switch (appended) {
                case DURABLE -> Optional.of(attempts.outcomes());
                case STALE -> Optional.empty();
                case GONE -> throw new StorageException("the pipeline was deleted meanwhile");
            };
        } finally {
            if (!published) {
                parts.depth().leaveLive(live);
                parts.depth().leave(room, bytes);
            }
        }
    }
}
