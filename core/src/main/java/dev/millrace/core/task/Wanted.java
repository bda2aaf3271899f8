package dev.millrace.core.task;

import dev.millrace.core.lookup.Answer;
import dev.millrace.core.lookup.Lookup;

import java.util.concurrent.CompletionStage;

/**
 * An answer that a record needs before it can be processed.
 *
 * @param stage the name of the enrich stage
 * @param key what it looks up: a String, Long, Double or Boolean
 */
public record Wanted(String stage, Lookup lookup, Object key) {
    /** Asks for it; never completes exceptionally. */
    public CompletionStage<Answer> fetch() {
        return lookup.fetch(key);
    }
}
