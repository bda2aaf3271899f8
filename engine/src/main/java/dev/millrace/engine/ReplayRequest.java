package dev.millrace.engine;

import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;

import java.util.List;

/**
 * Which letters to try again: those named, or, where none is named, the first {@code limit} that
 * match the filter and are not parked.
 */
public record ReplayRequest(List<LetterId> ids, LetterFilter filter, int limit) {
    public static final int MAX_LETTERS = 100_000;

    public ReplayRequest {
        ids = List.copyOf(ids);
        if (limit < 1 || limit > MAX_LETTERS || ids.size() > MAX_LETTERS) {
            throw new IllegalArgumentException(
                    "one replay takes 1 to "
                            + MAX_LETTERS
                            + " letters, not "
                            + Math.max(limit, ids.size()));
        }
    }
}
