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

    /**
     * How many different values a field has: exact up to a few hundred, then estimated.
     *
     * @param field any but {@code data} as a whole
     */
    record Distinct(String name, FieldPath field) implements Value {
        public Distinct {
            checkName(name);
            Limits.checkPlain(field);
        }
    }

    /**
     * The value of a field below which a share of {@code q} lies, estimated.
     *
     * @param q in the open interval from 0 to 1
     */
    record Quantile(String name, FieldPath field, double q) implements Value {
        public Quantile {
            checkName(name);
            checkField(field);
            if (!(q > 0 && q < 1)) {
                throw new IllegalArgumentException("q must be between 0 and 1, is " + q);
            }
        }
    }

    /**
     * The {@code k} most frequent values of a field with their counts; exact up to 1,000 different
     * values a window.
     *
     * @param field any but {@code data} as a whole
     */
    record Top(String name, FieldPath field, int k) implements Value {
        public Top {
            checkName(name);
            Limits.checkPlain(field);
            Limits.TOP_K.check("k", k);
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
            case Distinct distinct -> Optional.of(distinct.field());
            case Quantile quantile -> Optional.of(quantile.field());
            case Top top -> Optional.of(top.field());
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
