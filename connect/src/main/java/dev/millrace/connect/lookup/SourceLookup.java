package dev.millrace.connect.lookup;

import dev.millrace.core.lookup.Lookup;

/** A lookup of one enrich stage, which tells how it is doing. Safe for use by many threads. */
public interface SourceLookup extends Lookup, AutoCloseable {
    LookupStatus status();

    /** Frees threads and connections. What still waits is never answered. */
    @Override
    void close();
}
