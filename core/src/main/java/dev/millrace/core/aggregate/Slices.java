package dev.millrace.core.aggregate;

/**
 * Arithmetic of slices side by side: every instant lies in exactly one, {@code [start, end)}. All
 * times in epoch milliseconds, negative ones too. Immutable and thread-safe.
 */
public sealed interface Slices permits EpochSlices, ZonedSlices {
    /** Start of the slice that holds the instant. */
    long startOf(long timestampMs);

    /** End of the slice that starts at {@code startMs}; exclusive, and the start of the next. */
    long endOf(long startMs);

    /** Start of the slice that is {@code count} further on; negative: further back. */
    long step(long startMs, int count);
}
