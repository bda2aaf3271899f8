package dev.millrace.engine;

import dev.millrace.core.port.GroupPrefixes;
import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;

/** Of all rows, those of some groups; windows are all there. */
record RowsOfGroups(WindowRows all, GroupPrefixes groups) implements WindowRows {
    @Override
    public byte @Nullable [] row(int aggregate, long windowStartMs, byte[] group) {
        return groups.holds(group) ? all.row(aggregate, windowStartMs, group) : null;
    }

    @Override
    public void rows(
            int aggregate,
            long fromMs,
            long toMs,
            GroupPrefixes which,
            @Nullable Place after,
            RowVisitor visitor) {
        all.rows(
                aggregate,
                fromMs,
                toMs,
                groups,
                after,
                (startMs, group, value) ->
                        !which.holds(group) || visitor.row(startMs, group, value));
    }

    @Override
    public OptionalLong newestWindowStart(int aggregate, long beforeMs) {
        return all.newestWindowStart(aggregate, beforeMs);
    }
}
