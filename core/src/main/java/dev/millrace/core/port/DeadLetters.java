package dev.millrace.core.port;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/** The dead letters of a pipeline as they were committed last. */
public interface DeadLetters {
    Optional<DeadLetter> letter(LetterId id);

    /** Hands over the letters in order of their ids, after {@code after} (null: from the first). */
    void letters(@Nullable LetterId after, LetterVisitor visitor);

    /** How many there are. */
    long letterCount();

    /** Receives letters. */
    @FunctionalInterface
    interface LetterVisitor {
        /** Return false to stop. */
        boolean letter(DeadLetter letter);
    }
}
