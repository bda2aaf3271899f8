package dev.millrace.core.aggregate;

/**
 * Which windows of a sliding aggregate have rows: those that are closed, from the first that is
 * kept to the last, and the one early window. The windows between, which have ended but are not
 * closed, or have not ended, have none.
 *
 * @param keptFromMs no window starts before it
 * @param lastFinalMs start of the last closed window; {@link Long#MIN_VALUE}: none is closed
 * @param earlyMs start of the window with early rows; after that of the last closed one
 */
record VisibleWindows(Windows.Sliced cuts, long keptFromMs, long lastFinalMs, long earlyMs) {
    /** There is no such window. */
    static final long NONE = Long.MAX_VALUE;

    static VisibleWindows of(
            Aggregation aggregation,
            Windows.Sliced cuts,
            long watermarkMs,
            long nowMs,
            long floorMs) {
        Slices slices = cuts.slices();
        long keptFromMs = cuts.keptFromMs(watermarkMs, aggregation.definition().keep());
        long storedFromMs = floorMs == Long.MIN_VALUE ? floorMs : slices.startOf(floorMs);
        long earlyEndMs = slices.endOf(slices.startOf(Math.max(watermarkMs, nowMs)));
        return new VisibleWindows(
                cuts,
                Math.max(keptFromMs, storedFromMs),
                watermarkMs == Long.MIN_VALUE
                        ? Long.MIN_VALUE
                        : slices.step(slices.startOf(watermarkMs), -cuts.slicesPerWindow()),
                slices.step(earlyEndMs, -cuts.slicesPerWindow()));
    }

    boolean isFinal(long startMs) {
        return startMs <= lastFinalMs;
    }

    /** End of the last window; exclusive. */
    long endMs() {
        return cuts.endOf(earlyMs);
    }

    /** The first window that starts at {@code startMs}, which may lie within a slice, or later. */
    long atOrAfter(long startMs) {
        if (startMs > earlyMs) {
            return NONE;
        }
        if (startMs > lastFinalMs) {
            return earlyMs;
        }
        long fromMs = Math.max(startMs, keptFromMs);
        long sliceMs = cuts.slices().startOf(fromMs);
        return sliceMs == fromMs ? sliceMs : cuts.slices().endOf(sliceMs);
    }

    /** The window that follows the one that starts at {@code startMs}. */
    long after(long startMs) {
        return atOrAfter(cuts.slices().endOf(startMs));
    }
}
