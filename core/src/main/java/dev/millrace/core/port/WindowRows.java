package dev.millrace.core.port;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;

/** The rows of a pipeline's aggregates as they were committed last. */
public interface WindowRows {
    /** One row's value, or null. */
    byte @Nullable [] row(int aggregate, long windowStartMs, byte[] group);

    /**
     * Hands over the rows with {@code fromMs <= windowStart < toMs}, by window start, then by the
     * group key's bytes.
     *
     * @param after the place of a row after which to begin, or null
     */
    default void rows(
            int aggregate, long fromMs, long toMs, @Nullable Place after, RowVisitor visitor) {
        rows(aggregate, fromMs, toMs, GroupPrefixes.ALL, after, visitor);
    }

    /**
     * Hands over those of certain groups, in the same order. Of the others few are read, however
     * many there are.
     */
    void rows(
            int aggregate,
            long fromMs,
            long toMs,
            GroupPrefixes groups,
            @Nullable Place after,
            RowVisitor visitor);

    /** The start of the newest window that has rows and starts before {@code beforeMs}. */
    OptionalLong newestWindowStart(int aggregate, long beforeMs);

    /** Where a row stands in an aggregate. */
    record Place(long windowStartMs, byte[] group) {}

    /** Receives rows. */
    @FunctionalInterface
    interface RowVisitor {
        /** Return false to stop. */
        boolean row(long windowStartMs, byte[] group, byte[] value);
    }
}
