package dev.millrace.core.aggregate;

import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * One scan over the slices of a sliding aggregate, in order of time, that visits each window as
 * soon as all its slices have entered. Stops before a window of too many groups. Confined to one
 * thread.
 */
final class SlidingPass {
    private final SlidingRows source;
    private final VisibleWindows visible;
    private final Windows.Sliced cuts;
    private final long fromMs;
    private final long toMs;
    private final WindowRows.@Nullable Place after;
    private final RowSource.RowVisitor visitor;
    private final SlidingGroups groups;
    private final Closings closings;
    private final FoundRow found;

    /** The next window to visit; unknown before the first slice. */
    private long windowMs = Long.MIN_VALUE;

    private long sliceMs = Long.MIN_VALUE;
    private boolean crowded;
    private boolean stopped;

    /**
     * @param fromMs no window is visited that starts before it
     * @param after rows up to this place are not visited
     */
    SlidingPass(
            SlidingRows source,
            long fromMs,
            long toMs,
            WindowRows.@Nullable Place after,
            RowSource.RowVisitor visitor) {
        this.source = source;
        this.visible = source.visible();
        this.cuts = source.cuts();
        this.fromMs = fromMs;
        this.toMs = toMs;
        this.after = after;
        this.visitor = visitor;
        this.groups = new SlidingGroups(source.aggregation());
        this.found = new FoundRow(source.aggregation());
        this.closings = new Closings(source.aggregation().number(), source.stored());
    }

    void run() {
        source.stored()
                .rows(
                        source.aggregation().number(),
                        fromMs,
                        visible.endMs(),
                        null,
                        (startMs, _, chunk) -> take(startMs, chunk));
        while (!crowded && !isOver() && !groups.isEmpty()) {
            visitWindow();
        }
    }

    /** Whether it stopped before {@link #windowMs}, which has more groups than it may. */
    boolean isCrowded() {
        return crowded;
    }

    long windowMs() {
        return windowMs;
    }

    private boolean take(long startMs, byte[] chunk) {
        if (startMs != sliceMs) {
            sliceMs = startMs;
            visitUntil(startMs);
        }
        if (isOver()) {
            return false;
        }
        if (startMs >= windowMs) {
            groups.add(startMs, chunk);
            crowded = groups.hasTooMany();
        }
        return !crowded;
    }

    /** Visits the windows that end before the slice, and goes on to one that may hold it. */
    private void visitUntil(long startMs) {
        while (!isOver() && !groups.isEmpty() && cuts.endOf(windowMs) <= startMs) {
            visitWindow();
        }
        if (!isOver() && groups.isEmpty()) {
            long firstMs = Math.max(fromMs, cuts.firstStartOf(startMs));
            windowMs = visible.atOrAfter(Math.max(windowMs, firstMs));
        }
    }

    private boolean isOver() {
        return stopped || windowMs >= toMs || windowMs == VisibleWindows.NONE;
    }

    private void visitWindow() {
        long endMs = cuts.endOf(windowMs);
        boolean isFinal = visible.isFinal(windowMs);
        long closingRevision = isFinal ? closings.revisionOf(endMs) : 0;
        byte[] afterGroup = WindowAssembly.groupAt(after, windowMs);
        SlidingSums sums = groups.sums();
        for (int group : groups.ordered()) {
            byte[] key = groups.key(group);
            if (sums.isEmpty(group)
                    || afterGroup != null && Arrays.compareUnsigned(key, afterGroup) <= 0) {
                continue;
            }
            sums.show(group);
            FoundRow row =
                    found.moveTo(
                            windowMs,
                            endMs,
                            key,
                            sums,
                            Math.max(closingRevision, sums.revision()),
                            isFinal);
            if (!visitor.row(row)) {
                stopped = true;
                return;
            }
        }
        windowMs = visible.after(windowMs);
        groups.removeBefore(windowMs);
    }
}
