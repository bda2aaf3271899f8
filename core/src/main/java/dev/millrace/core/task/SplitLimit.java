package dev.millrace.core.task;

import dev.millrace.core.pipeline.Stage;

/** Counts what one event has become, and ends it at the limit. Confined to one thread. */
final class SplitLimit {
    private int parts;

    /** Begins with another event. */
    void begin() {
        parts = 0;
    }

    /**
     * The event, or one of its parts, becomes so many.
     *
     * @throws StageFailure if that makes too many in all; then it is not counted
     */
    void split(int into) throws StageFailure {
        int then = Math.max(1, parts) - 1 + into;
        if (then > Stage.Explode.EVENTS_MAX) {
            throw new StageFailure(
                    "too-many",
                    "an event becomes at most %d, this one would become %d; send it in parts"
                            .formatted(Stage.Explode.EVENTS_MAX, then));
        }
        parts = then;
    }

    /** How many it has become; 0 while it was not split. */
    int parts() {
        return parts;
    }
}
