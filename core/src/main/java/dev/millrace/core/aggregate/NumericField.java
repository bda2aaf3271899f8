package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.JsonKind;

import org.jspecify.annotations.Nullable;

/**
 * A field that a value is taken from: numbers count, missing and null are left out, anything else
 * is a problem.
 */
record NumericField(Field field) {
    @Nullable String problem(Event event) {
        return switch (event.kind(field)) {
            case MISSING, NULL, INTEGER, DECIMAL -> null;
            case BOOLEAN -> wrong("a boolean");
            case STRING -> wrong("a string");
            case OBJECT -> wrong("an object");
            case ARRAY -> wrong("an array");
        };
    }

    JsonKind kind(Event event) {
        return event.kind(field);
    }

    private String wrong(String found) {
        return field.path() + " is " + found + ", but this value needs a number";
    }
}
