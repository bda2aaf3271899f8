package dev.millrace.engine;

import java.util.Optional;
import java.util.Set;

/**
 * How far a backfill is.
 *
 * @param version that it is of
 * @param aggregates the names of those that are backfilled
 * @param fromMs they are given what was received from then on
 * @param startOffset where it began in the journal
 * @param position the offset up to which it has gone through
 * @param endOffset where it will be done
 * @param events that it went through since the server was started
 * @param failure why it stands still until the server is started again; empty while it runs
 */
public record BackfillProgress(
        int version,
        Set<String> aggregates,
        long fromMs,
        long startOffset,
        long position,
        long endOffset,
        long events,
        Optional<String> failure) {
    public BackfillProgress {
        aggregates = Set.copyOf(aggregates);
    }

    /** From 0 to 1. */
    public double done() {
        long all = endOffset - startOffset;
        return all == 0 ? 1 : (double) (position - startOffset) / all;
    }
}
