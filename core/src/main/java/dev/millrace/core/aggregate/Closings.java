package dev.millrace.core.aggregate;

import dev.millrace.core.port.WindowRows;

/**
 * Reads a {@link ClosingLog} as windows are put together, in order of time: a stretch of it at
 * once. Confined to one thread.
 */
final class Closings {
    private static final int STRETCH = 256;

    private final int number;
    private final WindowRows stored;
    private final long[] watermarks = new long[STRETCH];
    private final long[] revisions = new long[STRETCH];
    private int count;
    private int next;

    Closings(int aggregate, WindowRows stored) {
        this.number = ClosingLog.numberOf(aggregate);
        this.stored = stored;
    }

    /**
     * The commit that closed the windows which end at {@code endMs}; asked for in rising order.
     *
     * @return 0 where none did
     */
    long revisionOf(long endMs) {
        while (next < count && watermarks[next] < endMs) {
            next++;
        }
        if (next == count) {
            read(endMs);
        }
        return next < count ? revisions[next] : 0;
    }

    private void read(long endMs) {
        next = 0;
        count = 0;
        stored.rows(
                number,
                endMs,
                Long.MAX_VALUE,
                null,
                (watermarkMs, _, value) -> {
                    watermarks[count] = watermarkMs;
                    revisions[count] = RowCodec.head(value).revision();
                    return ++count < STRETCH;
                });
    }
}
