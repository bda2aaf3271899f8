package dev.millrace.core.aggregate;

import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * A row that a {@link RowSource} has come to, of which as much is made as is asked for. Valid until
 * the visitor returns.
 */
public final class FoundRow {
    private static final byte[] NO_KEY = {};

    private final Aggregation aggregation;
    private long windowStartMs;
    private long windowEndMs;
    private byte[] key = NO_KEY;
    private RowValues values = _ -> null;
    private long revision;
    private boolean isFinal;

    FoundRow(Aggregation aggregation) {
        this.aggregation = aggregation;
    }

    /**
     * Goes on to the next row.
     *
     * @param newKey not changed any more
     */
    FoundRow moveTo(
            long newWindowStartMs,
            long newWindowEndMs,
            byte[] newKey,
            RowValues newValues,
            long newRevision,
            boolean newIsFinal) {
        windowStartMs = newWindowStartMs;
        windowEndMs = newWindowEndMs;
        key = newKey;
        values = newValues;
        revision = newRevision;
        isFinal = newIsFinal;
        return this;
    }

    /** Where it stands among the rows of its source; goes on being valid. */
    public WindowRows.Place place() {
        return new WindowRows.Place(windowStartMs, key);
    }

    public long revision() {
        return revision;
    }

    /** The fields of {@code by} with their values. */
    public Map<String, @Nullable Object> group() {
        return aggregation.group(key);
    }

    /** The values by their names. */
    public Map<String, @Nullable Object> values() {
        return aggregation.values(values);
    }

    /** One value, by its place in the definition. */
    public @Nullable Object value(int index) {
        return values.value(index);
    }

    /** The whole row; goes on being valid. */
    public Row row() {
        return new Row(
                aggregation.name(),
                windowStartMs,
                windowEndMs,
                group(),
                values(),
                revision,
                isFinal,
                false);
    }
}
