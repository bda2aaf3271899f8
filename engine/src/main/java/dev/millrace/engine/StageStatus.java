package dev.millrace.engine;

import dev.millrace.core.task.StageCount;

import java.util.OptionalDouble;

/**
 * How a stage is doing.
 *
 * @param kind as it is written in a definition
 * @param count since the server's start
 * @param perSecond the same, of the last seconds
 * @param nanosPerEvent of sampled events, of late; empty while nothing is known
 */
public record StageStatus(
        String stage,
        String kind,
        StageCount count,
        Rates perSecond,
        OptionalDouble nanosPerEvent) {
    /** Events a second. */
    public record Rates(double in, double out, double filtered, double failed) {
        static final Rates NONE = new Rates(0, 0, 0, 0);
    }
}
