package dev.millrace.core.port;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.LetterSummary;
import dev.millrace.core.letter.SourceLetters;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * The dead letters of a pipeline as they were committed last, as a host lists and counts them. With
 * a million of them, a page by any filter and a summary take milliseconds.
 */
public interface LetterStore extends DeadLetters {
    /**
     * Hands over the letters that match, in order of their ids, after {@code after} (null: from the
     * first).
     */
    void letters(LetterFilter filter, @Nullable LetterId after, LetterVisitor visitor);

    /** As {@link #letters}, without reading the letters themselves. */
    void letterIds(LetterFilter filter, @Nullable LetterId after, LetterIdVisitor visitor);

    /** How many there are. */
    long letterCount();

    /** How many there are of each kind. */
    Map<LetterKind, Long> lettersByKind();

    /**
     * The letters that match, by fingerprint.
     *
     * @param limit causes listed at most, the most frequent ones; 1 or more
     */
    LetterSummary letterSummary(LetterFilter filter, int limit);

    /** What waits of a source, and of it alone where it is counted by itself. */
    SourceLetters lettersOf(String source);

    /** The sources of which most letters wait, the first first, each that is counted by itself. */
    List<SourceLetters> letterSources(int limit);

    /** Receives letters. */
    @FunctionalInterface
    interface LetterVisitor {
        /** Return false to stop. */
        boolean letter(DeadLetter letter);
    }

    /** Receives ids of letters. */
    @FunctionalInterface
    interface LetterIdVisitor {
        /** Return false to stop. */
        boolean letter(LetterId id);
    }
}
