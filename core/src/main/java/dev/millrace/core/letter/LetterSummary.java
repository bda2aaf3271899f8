package dev.millrace.core.letter;

import java.util.List;

/**
 * Dead letters by cause.
 *
 * @param causes the most frequent first
 * @param letters how many letters were counted, also those of causes that are not listed
 * @param complete whether every cause is listed
 */
public record LetterSummary(List<LetterCause> causes, long letters, boolean complete) {
    public LetterSummary {
        causes = List.copyOf(causes);
    }
}
