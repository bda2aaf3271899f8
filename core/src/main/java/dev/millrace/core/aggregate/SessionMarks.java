package dev.millrace.core.aggregate;

/**
 * What to know of the sessions of an aggregate to find them in the store again.
 *
 * @param oldestHeldMs where the oldest session begins that is held in memory; {@link
 *     Long#MAX_VALUE} where none is
 * @param longestMs from first event to last, of the longest session that was let go since {@code
 *     sinceMs}
 * @param formerMs the same of those that were let go before that, and that may still be kept
 * @param sinceMs a watermark; {@link Long#MIN_VALUE}: from the beginning on
 */
public record SessionMarks(long oldestHeldMs, long longestMs, long formerMs, long sinceMs) {
    /** There are no sessions. */
    public static final SessionMarks NONE = new SessionMarks(Long.MAX_VALUE, 0, 0, Long.MIN_VALUE);
}
