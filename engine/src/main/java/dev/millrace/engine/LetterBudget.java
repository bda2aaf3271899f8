package dev.millrace.engine;

/**
 * How much may wait among the dead letters of one source of one pipeline, of the kinds {@code
 * invalid}, {@code future} and {@code late}. Past either bound the source's batches are refused.
 *
 * @param letters how many, 1 or more
 * @param bytes their size as they are stored, 1 or more
 */
public record LetterBudget(int letters, long bytes) {
    /** What holds where nothing else is said. */
    public static final LetterBudget DEFAULT = new LetterBudget(100_000, 256L << 20);

    public LetterBudget {
        if (letters < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "a source's budget is 1 letter and 1 byte or more, not "
                            + letters
                            + " letters and "
                            + bytes
                            + " bytes");
        }
    }
}
