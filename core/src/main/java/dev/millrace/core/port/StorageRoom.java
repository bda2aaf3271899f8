package dev.millrace.core.port;

import java.util.Optional;

/**
 * How much room a storage has.
 *
 * @param freeBytes what can still be written; known to 100 ms or so
 * @param reserveBytes of {@code freeBytes}, what is kept for commits, so that what was accepted can
 *     be processed on a full disk: below it nothing is taken in
 * @param shortage why nothing is taken in for lack of room, in one sentence; empty while there is
 *     room. It passes by itself.
 */
public record StorageRoom(long freeBytes, long reserveBytes, Optional<String> shortage) {
    /** For a storage without a bound. */
    public static final StorageRoom UNBOUNDED =
            new StorageRoom(Long.MAX_VALUE, 0, Optional.empty());
}
