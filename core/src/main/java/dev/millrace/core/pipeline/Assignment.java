package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;
import dev.millrace.core.expression.Expression;

/**
 * Sets a field inside {@code data} to the value of an expression over the event as it came into the
 * stage; a null value removes the field.
 */
public record Assignment(FieldPath target, Expression value) {
    public Assignment {
        if (!isAssignable(target)) {
            throw new IllegalArgumentException("cannot assign " + target);
        }
    }

    /** Whether a transform may write the field: those inside {@code data}. */
    static boolean isAssignable(FieldPath target) {
        return target.names().size() > 1;
    }

    /** Whether one of the two fields contains the other, so that both cannot be written at once. */
    static boolean overlap(FieldPath one, FieldPath other) {
        return one.startsWith(other) || other.startsWith(one);
    }
}
