package dev.millrace.engine;

import java.util.Optional;

/**
 * How a sink is doing.
 *
 * @param pending what it was told and has not done yet: {@code rewind}, {@code take-over} or {@code
 *     look-again}
 * @param lagItems that wait
 * @param lagBytes of JSON that wait, at most
 * @param lagMs how long the oldest of them has waited; 0 where none waits
 * @param delivered items since the start, those superseded by newer ones included
 * @param perSecond items, over the last seconds
 * @param retries deliveries that were tried again, since the start
 * @param refused items that became dead letters, since the start
 * @param lastError what went wrong last, cleared by the next delivery; it holds no secrets
 * @param batchItems delivered at once at present, at most
 * @param cursor position of the first item that waits
 * @param end position that the next item gets
 * @param keptFrom first position to which the sink can be rewound
 */
public record SinkStatus(
        String name,
        String kind,
        State state,
        Optional<String> pending,
        Breaker breaker,
        long lagItems,
        long lagBytes,
        long lagMs,
        long budgetBytes,
        long delivered,
        double perSecond,
        long retries,
        long refused,
        Optional<String> lastError,
        int batchItems,
        long cursor,
        long end,
        long keptFrom) {
    /** What a sink does. */
    public enum State {
        /** It delivers, or has nothing to deliver. */
        RUNNING,
        /** It waits to try again. */
        RETRYING,
        /** Somebody has paused it. */
        PAUSED,
        /** The system's cursor is not ours; somebody must say how it goes on. */
        STOPPED
    }

    /** As of a circuit: closed works. */
    public enum Breaker {
        CLOSED,
        /** Several deliveries in a row have failed; it waits. */
        OPEN,
        /** It tries whether the system is back. */
        HALF_OPEN
    }
}
