package dev.millrace.core.aggregate;

import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;

/**
 * Rows of sliding windows, put together from the stored slices: a slice enters once and leaves once
 * as the windows move over it, whatever the size and the slide, and stretches without slices are
 * jumped over. A window without events has no rows.
 *
 * <p>A row's revision is the highest of its slices', or of the commit that closed its window. A
 * window of more than {@code maxGroups} groups takes them in order of slice and, within one, of
 * arrival, and the rest is merged into {@link Aggregation#OTHER}; such windows are each put
 * together from all their slices.
 *
 * <p>Memory: the rows of one window's slices.
 */
record SlidingRows(
        Aggregation aggregation, Windows.Sliced cuts, WindowRows stored, VisibleWindows visible)
        implements RowSource {
    @Override
    public void rows(long fromMs, long toMs, WindowRows.@Nullable Place after, RowVisitor visitor) {
        long nextMs = Math.max(fromMs, visible.keptFromMs());
        if (after != null) {
            nextMs = Math.max(nextMs, after.windowStartMs());
        }
        boolean more = true;
        while (more && nextMs < toMs && nextMs <= visible.earlyMs()) {
            SlidingPass pass = new SlidingPass(this, nextMs, toMs, after, visitor);
            pass.run();
            more = pass.isCrowded() && visitAlone(pass.windowMs(), after, visitor);
            nextMs = more ? visible.after(pass.windowMs()) : nextMs;
        }
    }

    @Override
    public void latest(WindowRows.@Nullable Place after, RowVisitor visitor) {
        if (after == null || after.windowStartMs() <= visible.earlyMs()) {
            boolean _ = visitAlone(visible.earlyMs(), after, visitor);
        }
    }

    @Override
    public OptionalLong latestStart() {
        return OptionalLong.of(visible.earlyMs());
    }

    /**
     * Puts one window together by itself.
     *
     * @return false if the visitor had enough
     */
    boolean visitAlone(long startMs, WindowRows.@Nullable Place after, RowVisitor visitor) {
        WindowAssembly window = new WindowAssembly(aggregation);
        stored.rows(
                aggregation.number(),
                startMs,
                cuts.endOf(startMs),
                null,
                (_, _, chunk) -> {
                    window.addChunk(chunk);
                    return true;
                });
        return window.visit(
                startMs,
                cuts.endOf(startMs),
                visible.isFinal(startMs),
                visible.isFinal(startMs)
                        ? new Closings(aggregation.number(), stored).revisionOf(cuts.endOf(startMs))
                        : 0,
                WindowAssembly.groupAt(after, startMs),
                visitor);
    }
}
