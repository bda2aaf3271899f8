package dev.millrace.core.task;

import java.util.Set;

/**
 * A backfill under way, as a checkpoint keeps it: new and changed aggregates are given what was
 * received before the change, from the journal, while live events go on.
 *
 * @param version that gave the aggregates their numbers
 * @param aggregates the state numbers of those that are backfilled; at least one
 * @param fromMs they are given what was received from then on
 * @param startOffset where the pass over the journal begins: far enough before {@code fromMs} to
 *     know what is a duplicate
 * @param position the offset up to which the committed rows hold what the pass came to; between
 *     {@code startOffset} and {@code endOffset}
 * @param endOffset the offset of the change: what comes after it went to the aggregates live
 */
public record Backfill(
        int version,
        Set<Integer> aggregates,
        long fromMs,
        long startOffset,
        long position,
        long endOffset) {
    public Backfill {
        aggregates = Set.copyOf(aggregates);
        if (aggregates.isEmpty()) {
            throw new IllegalArgumentException("a backfill of no aggregate");
        }
        if (startOffset < 0 || startOffset > position || position > endOffset) {
            throw new IllegalArgumentException(
                    "a backfill from %d to %d that is at %d"
                            .formatted(startOffset, endOffset, position));
        }
    }

    /** The same, further on. */
    Backfill at(long newPosition) {
        return new Backfill(version, aggregates, fromMs, startOffset, newPosition, endOffset);
    }

    /** The same of fewer aggregates; at least one. */
    Backfill of(Set<Integer> fewer) {
        return new Backfill(version, fewer, fromMs, startOffset, position, endOffset);
    }
}
