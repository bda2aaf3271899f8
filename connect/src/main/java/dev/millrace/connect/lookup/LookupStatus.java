package dev.millrace.connect.lookup;

import java.util.Optional;

/**
 * How a source is doing.
 *
 * @param stage the enrich stage that asks it
 * @param sinceMs when it got into its state, in epoch milliseconds
 * @param waiting keys that are asked for and not answered yet
 * @param lastError what went wrong last, cleared by the next answer; it holds no secrets
 * @param hits keys answered from memory
 * @param misses keys that had to be fetched
 */
public record LookupStatus(
        String stage,
        State state,
        long sinceMs,
        long waiting,
        Optional<String> lastError,
        long hits,
        long misses) {
    /** As of a circuit: closed works. */
    public enum State {
        CLOSED,
        /** The source is away; what is asked for waits until it is back. */
        OPEN
    }
}
