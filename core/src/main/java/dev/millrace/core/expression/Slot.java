package dev.millrace.core.expression;

import dev.millrace.core.event.FieldPath;

/** What a variable of a rewritten expression stands for. */
sealed interface Slot {
    /** The value of a field, a failure where it is missing. */
    record Value(FieldPath path) implements Slot {}

    /** Whether a field is there, if only as null. */
    record Presence(FieldPath path) implements Slot {}

    /** The same object for every event. */
    record Constant(Object value) implements Slot {}
}
