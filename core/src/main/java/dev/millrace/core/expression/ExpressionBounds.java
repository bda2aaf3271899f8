package dev.millrace.core.expression;

import dev.millrace.core.Bound;

import java.util.List;

/** The bounds of expressions and of one evaluation. */
public final class ExpressionBounds {
    private ExpressionBounds() {}

    /** For operators. */
    public static List<Bound> all() {
        return List.of(
                new Bound(
                        "expression.chars",
                        Limits.SOURCE_LENGTH_MAX,
                        "characters",
                        "an expression"),
                new Bound(
                        "expression.depth",
                        Limits.NESTING_MAX,
                        "levels",
                        "nesting of an expression"),
                new Bound(
                        "expression.iterations",
                        Limits.ITERATIONS_MAX,
                        "steps",
                        "steps of all macros of one evaluation; past it, as past the next three,"
                                + " the event is a dead letter"),
                new Bound(
                        "expression.textChars",
                        Limits.STRING_LENGTH_MAX,
                        "characters",
                        "a text that one operation builds"),
                new Bound(
                        "expression.values",
                        Limits.VALUES_MAX,
                        "values",
                        "values of a list or object that one operation builds"),
                new Bound(
                        "expression.regexSize",
                        Limits.REGEX_SIZE_MAX,
                        "instructions",
                        "a regular expression, compiled"));
    }
}
