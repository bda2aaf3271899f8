package dev.millrace.core.letter;

/** A letter, with the event that it is of: what a journal says of one that may be gone by then. */
public record LetterRef(LetterId id, Origin origin) {}
