package dev.millrace.core.task;

import dev.millrace.core.letter.LetterId;

/**
 * What became of one letter of a replay or discard.
 *
 * @param request the replay or discard that named it
 * @param message why it failed, or that parts of it failed; empty otherwise
 */
public record LetterOutcome(String request, LetterId letter, Result result, String message) {
    public enum Result {
        /**
         * It was processed; the letter is gone. Of an event that was split, parts may have failed:
         * they have letters of their own.
         */
        REPLAYED,
        /** It failed again; the letter stays. */
        FAILED,
        /** It failed for the last time; the letter stays, and replays by filter pass over it. */
        PARKED,
        /** It was deleted. */
        DISCARDED,
        /** There is no such letter any more; nothing happened. */
        GONE
    }

    /** Of a letter that is not there. */
    public static LetterOutcome gone(String request, LetterId letter) {
        return new LetterOutcome(request, letter, Result.GONE, "there is no such dead letter");
    }
}
