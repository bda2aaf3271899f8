package dev.millrace.core.lookup;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletionStage;

/** A source of values by key, such as a table or a service. Safe for use by many threads. */
public interface Lookup {
    /**
     * What is known of a key without waiting; null if it must be fetched.
     *
     * @param key a plain value: String, Long, Double or Boolean
     */
    @Nullable Answer known(Object key);

    /**
     * Whether every answer is known without waiting, now and later: then nothing is fetched ahead.
     */
    default boolean isAlwaysKnown() {
        return false;
    }

    /** Finds out. Never completes exceptionally; may take as long as the source is away. */
    CompletionStage<Answer> fetch(Object key);
}
