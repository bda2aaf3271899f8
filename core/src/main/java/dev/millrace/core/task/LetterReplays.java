package dev.millrace.core.task;

import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.MergePatch;
import dev.millrace.core.event.Rejection;
import dev.millrace.core.ledger.PartitionLedger;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Tries the letters of one partition again, and deletes them. Confined to the partition's thread.
 *
 * <p>A patch is laid over the event with which the replay begins. It stays with the letter only as
 * far as it was of use: where the event fails at a later stage, the letter is of the patched event
 * at that stage; where it fails at the same stage, or the patch makes it no valid event, the letter
 * keeps the event that it had.
 */
final class LetterReplays {
    private final LetterBook letters;
    private final PartitionLedger ledger;
    private final Passage passage;
    private final List<LetterOutcome> outcomes = new ArrayList<>();

    LetterReplays(LetterBook letters, PartitionLedger ledger, Passage passage) {
        this.letters = letters;
        this.ledger = ledger;
        this.passage = passage;
    }

    /** What became of each letter since the last time. */
    List<LetterOutcome> takeOutcomes() {
        List<LetterOutcome> taken = List.copyOf(outcomes);
        outcomes.clear();
        return taken;
    }

    /** Looks for the answers that a replay needs. Only a stage letter goes through stages. */
    void lookAhead(TaskRecord.Replay replay) {
        for (LetterId id : replay.letters()) {
            letters.find(id)
                    .filter(letter -> letter.kind() == LetterKind.STAGE)
                    .ifPresent(letter -> lookAhead(letter, replay));
        }
    }

    private void lookAhead(DeadLetter letter, TaskRecord.Replay replay) {
        OptionalInt stage = stageOf(letter);
        if (stage.isPresent()) {
            try {
                passage.ahead().look(eventOf(letter, replay), 0, stage.getAsInt());
            } catch (StageFailure metAgain) {
                // The replay comes to it, and fails.
            }
        }
    }

    void replay(TaskRecord.Replay replay) {
        replay.letters().forEach(id -> outcomes.add(replay(replay, id)));
    }

    private LetterOutcome replay(TaskRecord.Replay replay, LetterId id) {
        Optional<DeadLetter> found = letters.find(id);
        if (found.isEmpty()) {
            return LetterOutcome.gone(replay.replay(), id);
        }
        DeadLetter letter = found.get();
        ledger.resume(letter.receivedAtMs(), letter.source());
        int entry = Passage.NOWHERE;
        try {
            int stage = entryOf(letter);
            passage.event().moveTo(eventOf(letter, replay), 0);
            entry = stage;
            passage.beginReplay(letter, stage, replay.receivedAtMs());
            if (letter.kind() == LetterKind.STAGE) {
                passage.runReplay();
                ledger.replayed();
            } else {
                passage.runLate();
            }
            letters.remove(id);
            return new LetterOutcome(
                    replay.replay(), id, LetterOutcome.Result.REPLAYED, passage.partsMessage());
        } catch (StageFailure failure) {
            return failedAgain(replay, letter, entry, failure);
        }
    }

    /** Number of the stage at which a letter goes on. */
    private int entryOf(DeadLetter letter) throws StageFailure {
        if (letter.kind() != LetterKind.STAGE && letter.kind() != LetterKind.LATE) {
            throw new StageFailure(
                    "not-replayable",
                    "a dead letter of kind "
                            + letter.kind().wireName()
                            + " goes through admission, and not to a stage");
        }
        return stageOf(letter)
                .orElseThrow(() ->
                        new StageFailure(
                                "no-such-stage",
                                "version "
                                        + passage.program().version().version()
                                        + " has no stage "
                                        + letter.stage()
                                        + " to go on at"));
    }

    private OptionalInt stageOf(DeadLetter letter) {
        List<Operator> operators = passage.operators();
        for (int stage = 0; stage < operators.size(); stage++) {
            boolean fits =
                    letter.kind() == LetterKind.STAGE
                            || operators.get(stage) instanceof AggregateOperator;
            if (fits && operators.get(stage).name().equals(letter.stage())) {
                return OptionalInt.of(stage);
            }
        }
        return OptionalInt.empty();
    }

    /** The event with which a replay begins, as a batch of one. */
    private EventBatch eventOf(DeadLetter letter, TaskRecord.Replay replay) throws StageFailure {
        byte[] event = letter.event();
        byte[] patch = replay.patch();
        try {
            if (patch != null) {
                event = patched(event, patch);
            }
            return passage.program().reader().one(event, replay.receivedAtMs());
        } catch (IllegalStateException unreadable) {
            throw new StageFailure("unreadable", String.valueOf(unreadable.getMessage()));
        }
    }

    private byte[] patched(byte[] event, byte[] patch) throws StageFailure {
        byte[] patched = MergePatch.of(patch).apply(event);
        Optional<Rejection> rejection = passage.program().reader().checkPatched(patched, event);
        if (rejection.isPresent()) {
            throw new StageFailure(
                    "invalid-patch",
                    "with the patch it is no valid event: " + rejection.get().sentence());
        }
        return patched;
    }

    /**
     * @param entry number of the stage at which it went on; {@link Passage#NOWHERE} if it did not
     */
    private LetterOutcome failedAgain(
            TaskRecord.Replay replay, DeadLetter letter, int entry, StageFailure failure) {
        boolean gotOn = entry != Passage.NOWHERE && passage.stage() != entry;
        DeadLetter failed =
                letter.failedAgain(
                        gotOn ? passage.operators().get(passage.stage()).name() : letter.stage(),
                        failure.code(),
                        failure.sentence(),
                        replay.receivedAtMs(),
                        passage.program().version().version(),
                        gotOn ? standing(letter, replay) : letter.failed());
        letters.put(failed);
        return new LetterOutcome(
                replay.replay(),
                letter.id(),
                failed.parked() ? LetterOutcome.Result.PARKED : LetterOutcome.Result.FAILED,
                failure.sentence());
    }

    /** The event as it stands at the stage that failed; null where that is how it came in. */
    private byte @Nullable [] standing(DeadLetter letter, TaskRecord.Replay replay) {
        return passage.event().changed() || replay.patch() != null
                ? passage.event().toJson()
                : letter.failed();
    }

    void discard(TaskRecord.Discard discard) {
        discard.letters().forEach(id -> outcomes.add(discard(discard.request(), id)));
    }

    private LetterOutcome discard(String request, LetterId id) {
        Optional<DeadLetter> found = letters.find(id);
        if (found.isEmpty()) {
            return LetterOutcome.gone(request, id);
        }
        if (found.get().kind() == LetterKind.STAGE) {
            ledger.resume(found.get().receivedAtMs(), found.get().source());
            ledger.discarded();
        }
        letters.remove(id);
        return new LetterOutcome(request, id, LetterOutcome.Result.DISCARDED, "");
    }
}
