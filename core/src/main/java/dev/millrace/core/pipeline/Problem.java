package dev.millrace.core.pipeline;

import java.util.OptionalInt;

/**
 * One thing that is wrong with a definition.
 *
 * @param pointer where, as an RFC 6901 JSON pointer into the document; empty: the document itself
 * @param line the line of the file, from 1, where there is one
 * @param detail what is wrong and what is allowed, in plain words
 */
public record Problem(String pointer, OptionalInt line, String detail) {
    public Problem {
        if (!pointer.isEmpty() && !pointer.startsWith("/")) {
            throw new IllegalArgumentException("not a JSON pointer: " + pointer);
        }
        if (line.isPresent() && line.getAsInt() < 1) {
            throw new IllegalArgumentException("line " + line.getAsInt());
        }
        if (detail.isBlank()) {
            throw new IllegalArgumentException("a problem needs a detail");
        }
    }
}
