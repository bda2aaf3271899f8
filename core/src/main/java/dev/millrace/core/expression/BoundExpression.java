package dev.millrace.core.expression;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.Projection;
import dev.millrace.core.expression.EvaluationException.Code;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * An {@link Expression} for the events of one projection. Holds the event that it works on:
 * confined to one thread.
 */
public final class BoundExpression {
    private final CelRuntime.Program program;
    private final Diagnosis diagnosis;
    private final Variables variables;
    private final @Nullable Shortcut shortcut;

    /**
     * @param shortcut what most tests can be answered with; null if there is none
     */
    BoundExpression(
            CelRuntime.Program program,
            Diagnosis diagnosis,
            Map<String, Slot> slots,
            Projection projection,
            @Nullable Shortcut shortcut) {
        this.program = program;
        this.diagnosis = diagnosis;
        this.variables = new Variables(slots, projection);
        this.shortcut = shortcut;
    }

    /**
     * Whether the expression holds.
     *
     * @throws EvaluationException if it fails or its result is no boolean
     */
    public boolean test(Event event) {
        Shortcut.Answer answer = shortcut == null ? Shortcut.Answer.UNSURE : shortcut.ask(event);
        return answer == Shortcut.Answer.UNSURE ? testByCel(event) : answer == Shortcut.Answer.YES;
    }

    private boolean testByCel(Event event) {
        Object result = run(event);
        if (result instanceof Boolean holds) {
            return holds;
        }
        throw new EvaluationException(
                Code.TYPE,
                "the result is %s, but must be %s".formatted(Kind.of(result), Kind.BOOLEAN));
    }

    /**
     * The result as a value that an event can hold: a string, {@code Long}, {@code Double}, {@code
     * Boolean}, null, or a list or map of such. Bytes become base64, timestamps RFC 3339, durations
     * seconds such as {@code 5s}.
     *
     * @throws EvaluationException if the expression fails, or its result holds a number that is not
     *     finite or too many values
     */
    public @Nullable Object evaluate(Event event) {
        return Values.fromCel(run(event));
    }

    private Object run(Event event) {
        variables.event(event);
        try {
            return program.eval(variables);
        } catch (CelEvaluationException e) {
            throw diagnosis.of(e, variables);
        }
    }
}
