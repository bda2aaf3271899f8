package dev.millrace.core.task;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;
import dev.millrace.core.expression.BoundExpression;
import dev.millrace.core.expression.EvaluationException;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Writes fields. Every expression sees the event as it came in: all are evaluated before the first
 * field is written.
 */
final class TransformOperator implements Operator.Pure {
    record BoundAssignment(Field target, BoundExpression value) {}

    private final String name;
    private final List<BoundAssignment> assignments;
    private final @Nullable Object[] results;

    TransformOperator(String name, List<BoundAssignment> assignments) {
        this.name = name;
        this.assignments = List.copyOf(assignments);
        this.results = new Object[assignments.size()];
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean onEvent(Event event) throws StageFailure {
        try {
            for (int i = 0; i < results.length; i++) {
                results[i] = assignments.get(i).value().evaluate(event);
            }
        } catch (EvaluationException failed) {
            throw new StageFailure(failed.code().toString(), failed.getMessage());
        }
        try {
            for (int i = 0; i < results.length; i++) {
                Object result = results[i];
                event.set(assignments.get(i).target(), result == null ? Event.MISSING : result);
            }
        } catch (IllegalArgumentException unfit) {
            throw new StageFailure("value", String.valueOf(unfit.getMessage()));
        }
        return true;
    }
}
