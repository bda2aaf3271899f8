package dev.millrace.core.aggregate;

/**
 * Arithmetic of windows side by side, aligned to the epoch: every instant lies in exactly one,
 * {@code [start, start + size)}. All times in epoch milliseconds, negative ones too.
 *
 * @param sizeMs 1 or more
 */
public record TumblingWindows(long sizeMs) {
    public TumblingWindows {
        if (sizeMs < 1) {
            throw new IllegalArgumentException("a window takes 1 ms or more, not " + sizeMs);
        }
    }

    /**
     * Start of the window that holds the instant; all windows that start before have ended by then.
     */
    public long startOf(long timestampMs) {
        return timestampMs - Math.floorMod(timestampMs, sizeMs);
    }

    /** End of the window that starts at {@code startMs}; exclusive. */
    public long endOf(long startMs) {
        return startMs + sizeMs;
    }

    /**
     * End of the last window that holds the instant: past it, no window wants the instant any more.
     */
    public long lastEndOf(long timestampMs) {
        return endOf(startOf(timestampMs));
    }
}
