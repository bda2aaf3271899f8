package dev.millrace.engine;

import dev.millrace.core.letter.SourceLetters;

/**
 * What waits of a source.
 *
 * @param share the part of the source's {@link LetterBudget} that it uses up; 1 and more: all of it
 */
public record SourceShare(SourceLetters waiting, double share) {}
