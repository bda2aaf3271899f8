package dev.millrace.connect.lookup;

import dev.millrace.core.lookup.Answer;
import dev.millrace.core.lookup.Lookup;

/** A lookup of one enrich stage, which tells how it is doing. Safe for use by many threads. */
public interface SourceLookup extends Lookup, AutoCloseable {
    /** The answer for an event that need not wait for a source any more. */
    Answer.Failed SUPERSEDED =
            new Answer.Failed(
                    "superseded",
                    "the stage was changed while this event waited for its source, which is away;"
                            + " replay it");

    LookupStatus status();

    /**
     * The stage is no longer in the newest version of its pipeline: from now on nothing waits while
     * the source is away, it has {@link #SUPERSEDED} for an answer.
     */
    void supersede();

    /** Frees threads and connections. What still waits is never answered. */
    @Override
    void close();
}
