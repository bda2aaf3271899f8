package dev.millrace.core.letter;

/**
 * What waits of one source, of the kinds that it alone can prevent: {@code INVALID}, {@code FUTURE}
 * and {@code LATE}.
 *
 * @param source empty: that of the events whose source could not be read
 * @param letters how many
 * @param bytes their size as they are stored
 * @param shared these are the letters of all the sources that are not counted one by one, since
 *     there are too many; {@code source} is only the one that was asked for
 */
public record SourceLetters(String source, long letters, long bytes, boolean shared) {
    /** Whether a source answers for a letter of this kind. */
    public static boolean counts(LetterKind kind) {
        return switch (kind) {
            case INVALID, FUTURE, LATE -> true;
            case STAGE, SINK -> false;
        };
    }
}
