package dev.millrace.engine;

import dev.millrace.core.task.LetterOutcome;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many letters each discard that somebody waits for has deleted. Safe for use by many threads.
 */
final class DiscardBook {
    private final Map<String, Integer> discarded = new HashMap<>();

    /** Begins to count for a request, until it is {@linkplain #close closed}. */
    synchronized void open(String request) {
        discarded.put(request, 0);
    }

    /** Notes outcomes as they are committed. */
    synchronized void book(List<LetterOutcome> outcomes) {
        for (LetterOutcome outcome : outcomes) {
            if (outcome.result() == LetterOutcome.Result.DISCARDED) {
                discarded.computeIfPresent(outcome.request(), (_, count) -> count + 1);
            }
        }
    }

    /** How many letters went; nothing more is counted. */
    synchronized int close(String request) {
        Integer count = discarded.remove(request);
        return count == null ? 0 : count;
    }
}
