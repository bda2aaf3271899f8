package dev.millrace.core.task;

import dev.millrace.core.event.Event;

/** A stage at work in one partition. Confined to that partition's thread. */
sealed interface Operator permits FilterOperator, TransformOperator, AggregateOperator {
    /** The stage's name. */
    String name();

    /**
     * Processes one event.
     *
     * @return whether it goes on to the next stage
     * @throws StageFailure if it cannot be processed; then nothing of it was counted here
     */
    boolean onEvent(Event event, Arrival arrival) throws StageFailure;
}
