package dev.millrace.core.task;

import dev.millrace.core.event.Event;
import dev.millrace.core.expression.BoundExpression;
import dev.millrace.core.expression.EvaluationException;

/** Ends events for which the predicate is false. */
record FilterOperator(String name, BoundExpression predicate) implements Operator.Pure {
    @Override
    public boolean onEvent(Event event) throws StageFailure {
        try {
            return predicate.test(event);
        } catch (EvaluationException failed) {
            throw new StageFailure(failed.code().toString(), failed.getMessage());
        }
    }
}
