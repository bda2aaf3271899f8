package dev.millrace.engine;

import dev.millrace.core.pipeline.PlanEntry;
import dev.millrace.core.pipeline.Problem;

import java.util.List;
import java.util.OptionalInt;

/** What became of a definition that was put. */
public sealed interface PutOutcome {
    /** There was no such pipeline; now there is (or would be, for a dry run). */
    record Created(int version, List<PlanEntry> plan) implements PutOutcome {}

    /** The pipeline has a new version. */
    record Changed(int version, List<PlanEntry> plan) implements PutOutcome {}

    /** The definition means the same as the version that is there. */
    record Same(int version, List<PlanEntry> plan) implements PutOutcome {}

    /** It is wrong; nothing changed. */
    record Invalid(List<Problem> problems) implements PutOutcome {
        /**
         * There is no room for it.
         *
         * @param sentence with a place for the bound
         */
        static Invalid tooMany(String sentence, int bound) {
            return new Invalid(
                    List.of(
                            new Problem(
                                    "/pipeline", OptionalInt.empty(), sentence.formatted(bound))));
        }
    }

    /**
     * The backfill that was asked for cannot be made; nothing changed.
     *
     * @param underWay whether another one must end first; else it goes further back than the
     *     journal
     */
    record BackfillRefused(boolean underWay, String detail) implements PutOutcome {}
}
