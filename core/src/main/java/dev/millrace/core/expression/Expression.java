package dev.millrace.core.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Projection;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A CEL expression over an event, compiled and type-checked. Immutable and thread-safe.
 *
 * <p>The variables are {@code id}, {@code type} and {@code source} (strings), {@code timestamp} (an
 * integer, epoch milliseconds) and {@code data} (a map). The standard macros and functions and
 * CEL's extensions for strings, math, sets and base64 are on. Where this differs from the CEL
 * specification:
 *
 * <ul>
 *   <li>{@code + - * / %} take an integer with a double and give a double; {@code %} takes doubles.
 *   <li>{@code has(data.a.b)} is false where {@code data.a} is missing or no object; CEL makes that
 *       an error.
 *   <li>Bounds: {@value Limits#SOURCE_LENGTH_MAX} characters of source, {@value Limits#NESTING_MAX}
 *       levels of nesting; per evaluation {@value Limits#ITERATIONS_MAX} steps of macros, and
 *       strings of {@value Limits#STRING_LENGTH_MAX} characters. Regular expressions are RE2 and
 *       take linear time.
 * </ul>
 *
 * @see <a href="https://github.com/google/cel-spec/blob/master/doc/langdef.md">CEL</a>
 */
public final class Expression {
    private final String source;
    private final Set<FieldPath> paths;
    private final CelExpr rewritten;
    private final Map<String, Slot> slots;
    private final CelRuntime.Program program;
    private final Diagnosis diagnosis;

    /** What an expression must give. */
    public enum Type {
        BOOLEAN,
        ANY
    }

    private Expression(
            String source,
            Rewriter.Rewritten rewritten,
            CelRuntime.Program program,
            Diagnosis diagnosis) {
        this.source = source;
        this.rewritten = rewritten.ast().getExpr();
        this.slots = rewritten.slots();
        this.paths = Collections.unmodifiableSet(paths(slots));
        this.program = program;
        this.diagnosis = diagnosis;
    }

    /**
     * @throws InvalidExpressionException if it is no expression, or not of the expected type, as
     *     far as that is known before there are events
     */
    public static Expression compile(String source, Type expected) {
        CelAbstractSyntaxTree checked = Checker.check(source, expected);
        try {
            Rewriter.Rewritten rewritten = Rewriter.rewrite(checked);
            CelRuntime.Program program = Environment.RUNTIME.createProgram(rewritten.ast());
            return new Expression(source, rewritten, program, new Diagnosis(checked, program));
        } catch (CelEvaluationException e) {
            throw new IllegalStateException("cannot plan '" + source + "'", e);
        }
    }

    private static Set<FieldPath> paths(Map<String, Slot> slots) {
        Set<FieldPath> paths = new TreeSet<>();
        for (Slot slot : slots.values()) {
            switch (slot) {
                case Slot.Value value -> paths.add(value.path());
                case Slot.Presence presence -> paths.add(presence.path());
                case Slot.Constant _ -> {}
            }
        }
        return paths;
    }

    public String source() {
        return source;
    }

    /**
     * Every field that evaluation may read, in order. {@code data['a']} counts as {@code data.a},
     * and so does {@code has(data.a)}; where {@code data} is used whole or with a computed key it
     * is {@code data} itself.
     */
    public Set<FieldPath> paths() {
        return paths;
    }

    /**
     * Ready to evaluate events of a projection, for one thread.
     *
     * @throws IllegalArgumentException if the projection does not cover {@link #paths()}
     */
    public BoundExpression bind(Projection projection) {
        return new BoundExpression(program, diagnosis, slots, projection, shortcut(projection));
    }

    /** What most tests of this can be answered with; null if there is none. */
    @Nullable Shortcut shortcut(Projection projection) {
        return Shortcuts.of(rewritten, slots, projection);
    }

    /** As {@link #bind}, but CEL is asked every time. */
    BoundExpression bindToCel(Projection projection) {
        return new BoundExpression(program, diagnosis, slots, projection, null);
    }

    /** Two expressions are equal when their sources are. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Expression expression && source.equals(expression.source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }

    @Override
    public String toString() {
        return source;
    }
}
