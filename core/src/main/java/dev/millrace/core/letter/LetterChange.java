package dev.millrace.core.letter;

/** What a commit does to the dead letters. */
public sealed interface LetterChange {
    LetterId id();

    /** A new letter, or the newer state of one that is there. */
    record Put(DeadLetter letter) implements LetterChange {
        @Override
        public LetterId id() {
            return letter.id();
        }
    }

    /** The letter is gone: replayed or deleted. */
    record Remove(LetterId id) implements LetterChange {}
}
