package dev.millrace.core.aggregate;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import java.util.List;

/**
 * Which commit closed which windows of a sliding aggregate, whose rows are put together when they
 * are read: an entry for every commit whose watermark passed the end of a slice. Kept beside the
 * aggregate's rows, under a state number of its own, as rows without group and values: the
 * watermark in the place of the window's start, and the commit as the revision. The first entry at
 * or after a window's end is of the commit that closed it.
 *
 * <p>The first commit under a watermark makes the first entry, so that a window that ended before
 * the aggregate was there was closed as it came. {@link Closings} reads it. Confined to one thread.
 */
final class ClosingLog {
    private static final byte[] NO_GROUP = {};

    private final int number;
    private final Slices slices;

    /** Of the last entry; {@link Long#MIN_VALUE} before the first. */
    private long loggedMs;

    ClosingLog(int aggregate, Slices slices, WindowRows stored) {
        this.number = numberOf(aggregate);
        this.slices = slices;
        this.loggedMs = stored.newestWindowStart(number, Long.MAX_VALUE).orElse(Long.MIN_VALUE);
    }

    /** The state number of the log of an aggregate. Those of aggregates begin at 1. */
    static int numberOf(int aggregate) {
        return -aggregate;
    }

    /** Makes an entry if the watermark passed the end of a slice since the last one. */
    void advance(long watermarkMs, long revision, List<Commit.RowChange> changes) {
        boolean passed =
                loggedMs == Long.MIN_VALUE
                        ? watermarkMs != Long.MIN_VALUE
                        : slices.startOf(watermarkMs) > loggedMs;
        if (passed) {
            loggedMs = watermarkMs;
            byte[] entry = RowCodec.encode(RowCodec.Head.of(revision, true), new long[0], 0, 0);
            changes.add(new Commit.RowChange(number, watermarkMs, NO_GROUP, entry));
        }
    }
}
