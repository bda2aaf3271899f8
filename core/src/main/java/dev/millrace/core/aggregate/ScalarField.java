package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.KeyBuffer;

import org.jspecify.annotations.Nullable;

/**
 * A field whose values are told apart: strings, numbers and booleans count, by their key, so that
 * {@code 5} and {@code 5.0} are one value; missing and null are left out, an object or an array is
 * a problem.
 */
record ScalarField(Field field) {
    @Nullable String problem(Event event) {
        return switch (event.kind(field)) {
            case MISSING, NULL, STRING, INTEGER, DECIMAL, BOOLEAN -> null;
            case OBJECT -> wrong("an object");
            case ARRAY -> wrong("an array");
        };
    }

    /** Empty if the event has no value; valid until the event is asked for the next one. */
    KeyBuffer key(Event event) {
        return event.keyOf(field);
    }

    private String wrong(String found) {
        return field.path()
                + " is "
                + found
                + ", but this value needs a string, a number or a boolean";
    }
}
