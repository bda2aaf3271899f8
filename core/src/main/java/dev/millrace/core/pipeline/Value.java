package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;

import java.util.Optional;

/** One number that an aggregate keeps per window and group. */
public sealed interface Value {
    /** Its name in the row, unique in the aggregate. */
    String name();

    /** The number of events. */
    record Count(String name) implements Value {
        public Count {
            checkName(name);
        }
    }

    /** The sum of a field. */
    record Sum(String name, FieldPath field) implements Value {
        public Sum {
            checkName(name);
            checkField(field);
        }
    }

    /** The mean of a field. */
    record Avg(String name, FieldPath field) implements Value {
        public Avg {
            checkName(name);
            checkField(field);
        }
    }

    /** The least of a field. */
    record Min(String name, FieldPath field) implements Value {
        public Min {
            checkName(name);
            checkField(field);
        }
    }

    /** The greatest of a field. */
    record Max(String name, FieldPath field) implements Value {
        public Max {
            checkName(name);
            checkField(field);
        }
    }

    /** The field that it is taken from, if it is taken from one. */
    default Optional<FieldPath> path() {
        return switch (this) {
            case Count _ -> Optional.empty();
            case Sum sum -> Optional.of(sum.field());
            case Avg avg -> Optional.of(avg.field());
            case Min min -> Optional.of(min.field());
            case Max max -> Optional.of(max.field());
        };
    }

    /** Whether a field can be a number: a field inside {@code data}, or {@code timestamp}. */
    static boolean canBeNumber(FieldPath field) {
        return field.names().size() > 1 || field.toString().equals("timestamp");
    }

    private static void checkName(String name) {
        Limits.checkName("value name", Limits.NAME, name);
    }

    private static void checkField(FieldPath field) {
        if (!canBeNumber(field)) {
            throw new IllegalArgumentException(field + " is never a number");
        }
    }
}
