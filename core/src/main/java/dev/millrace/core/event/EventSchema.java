package dev.millrace.core.event;

import tools.jackson.databind.JsonNode;

import java.util.List;

/** A compiled JSON Schema 2020-12 that whole events must fulfil. Immutable and thread-safe. */
public final class EventSchema {
    private EventSchema() {}

    /**
     * @throws IllegalArgumentException if it is no valid schema or refers to another document
     */
    public static EventSchema compile(JsonNode schema) {
        throw new UnsupportedOperationException(schema.toString());
    }

    /** What is wrong with an event, in the order of the document; empty if nothing. */
    public List<Violation> validate(byte[] json, int offset, int length) {
        throw new UnsupportedOperationException();
    }
}
