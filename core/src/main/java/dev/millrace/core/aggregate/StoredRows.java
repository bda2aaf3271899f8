package dev.millrace.core.aggregate;

import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;

/** Rows that are stored as they are seen: those of tumbling windows and of sessions. */
record StoredRows(Aggregation aggregation, WindowRows stored, long watermarkMs, long nowMs)
        implements RowSource {
    @Override
    public void rows(long fromMs, long toMs, WindowRows.@Nullable Place after, RowVisitor visitor) {
        stored.rows(
                aggregation.number(),
                fromMs,
                toMs,
                after,
                (startMs, group, value) -> {
                    RowCodec.Head head = RowCodec.head(value);
                    return isHidden(head) || visit(startMs, group, head, value, visitor);
                });
    }

    /*
     * Sessions are stored for longer than they are kept, as events may still join them, and by how
     * much depends on when commits were. They are seen until their end is keep behind the watermark.
     */
    private boolean isHidden(RowCodec.Head head) {
        boolean isOver =
                head.endMs() != RowCodec.Head.NO_END
                        && watermarkMs != Long.MIN_VALUE
                        && head.endMs() <= watermarkMs - aggregation.definition().keep().toMillis();
        return head.isRetracted() || isOver;
    }

    @Override
    public void latest(WindowRows.@Nullable Place after, RowVisitor visitor) {
        switch (aggregation.windows()) {
            case Windows.Sliced _ ->
                    currentStart().ifPresent(startMs -> rows(startMs, startMs + 1, after, visitor));
            case Windows.Sessions _ -> open(after, visitor);
        }
    }

    @Override
    public OptionalLong latestStart() {
        return switch (aggregation.windows()) {
            case Windows.Sliced _ -> currentStart();
            case Windows.Sessions _ -> OptionalLong.empty();
        };
    }

    /** The newest window that has rows and has begun; where none has begun, the newest at all. */
    private OptionalLong currentStart() {
        OptionalLong begun = stored.newestWindowStart(aggregation.number(), nowMs + 1);
        return begun.isPresent()
                ? begun
                : stored.newestWindowStart(aggregation.number(), Long.MAX_VALUE);
    }

    private void open(WindowRows.@Nullable Place after, RowVisitor visitor) {
        stored.rows(
                aggregation.number(),
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                after,
                (startMs, group, value) -> {
                    RowCodec.Head head = RowCodec.head(value);
                    return head.isRetracted()
                            || head.isFinal()
                            || visit(startMs, group, head, value, visitor);
                });
    }

    private boolean visit(
            long startMs, byte[] group, RowCodec.Head head, byte[] value, RowVisitor visitor) {
        GroupTable one = aggregation.newRow();
        aggregation.decode(value, one, 0);
        return visitor.row(
                new FoundRow(aggregation)
                        .moveTo(
                                startMs,
                                aggregation.endOf(startMs, head),
                                group,
                                index -> aggregation.value(index, one, 0),
                                head.revision(),
                                head.isFinal()));
    }
}
