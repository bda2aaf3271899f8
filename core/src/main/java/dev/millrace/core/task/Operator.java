package dev.millrace.core.task;

import dev.millrace.core.event.Event;

/** A stage at work in one partition. Confined to that partition's thread. */
sealed interface Operator permits Operator.Single, Operator.Splitting {
    /** The stage's name. */
    String name();

    /** A stage that lets an event through, or ends it. */
    sealed interface Single extends Operator permits Operator.Pure, AggregateOperator {
        /**
         * Processes one event.
         *
         * @return whether it goes on to the next stage
         * @throws StageFailure if it cannot be processed; then nothing of it was counted here
         */
        boolean onEvent(Event event, Arrival arrival) throws StageFailure;
    }

    /** A stage that does nothing but read and change the event, so that it can be tried ahead. */
    sealed interface Pure extends Single
            permits FilterOperator, TransformOperator, EnrichOperator, DetectOperator {
        /**
         * Processes one event.
         *
         * @return whether it goes on to the next stage
         * @throws StageFailure if it cannot be processed
         */
        boolean onEvent(Event event) throws StageFailure;

        @Override
        default boolean onEvent(Event event, Arrival arrival) throws StageFailure {
            return onEvent(event);
        }
    }

    /** A stage that makes none, one or many events of one. Each goes on by itself. */
    sealed interface Splitting extends Operator permits ExplodeOperator, HandleOperator {
        /**
         * What becomes of an event, which stays as it is.
         *
         * @throws StageFailure if it cannot be processed
         */
        Parts split(Event event) throws StageFailure;
    }

    /** The events that were made of one, as changes of that one. */
    interface Parts {
        int size();

        /** Whether the only part is the event itself, changed or not, and goes on as that. */
        default boolean isWhole() {
            return false;
        }

        /**
         * Turns the event into one of its parts.
         *
         * @param event as it was when it was split
         * @param index from 0
         */
        void turn(Event event, int index);
    }
}
