package dev.millrace.core.pipeline;

/**
 * What a change of definition does to one stage, sink or source, or to one setting of the pipeline.
 *
 * @param stage the name of the stage, sink or source, or the key of the setting, like {@code
 *     outOfOrder}
 * @param detail why, in plain words
 */
public record PlanEntry(String stage, Effect effect, String detail) {
    /** What becomes of a stage and its state. */
    public enum Effect {
        /** Nothing changes. */
        KEPT,
        /** It was not there before. An aggregate starts empty. */
        NEW,
        /** It changes; its state, if it has any, goes on. */
        CHANGED,
        /** An aggregate starts empty under its old name; the rows it had are lost. */
        REBUILT,
        /** An aggregate goes, and its rows with it; or a sink, and what waits for it. */
        LOST,
        /** A stage without state goes, or a source. */
        REMOVED
    }

    /** The same with something more to say. */
    PlanEntry also(String more) {
        return new PlanEntry(stage, effect, detail + "; " + more);
    }
}
