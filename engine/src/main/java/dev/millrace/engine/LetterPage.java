package dev.millrace.engine;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;

import java.util.List;
import java.util.Optional;

/**
 * One page of dead letters, the oldest first.
 *
 * @param next the id after which the next page begins; empty: this is the last
 */
public record LetterPage(List<DeadLetter> letters, Optional<LetterId> next) {
    public LetterPage {
        letters = List.copyOf(letters);
    }
}
