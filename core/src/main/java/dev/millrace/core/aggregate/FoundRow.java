package dev.millrace.core.aggregate;

import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * A row that a {@link RowSource} has come to, of which as much is made as is asked for. Valid until
 * the visitor returns.
 */
public final class FoundRow {
    private final Aggregation aggregation;
    private final long windowStartMs;
    private final long windowEndMs;
    private final byte[] key;
    private final RowValues values;
    private final long revision;
    private final boolean isFinal;

    FoundRow(
            Aggregation aggregation,
            long windowStartMs,
            long windowEndMs,
            byte[] key,
            RowValues values,
            long revision,
            boolean isFinal) {
        this.aggregation = aggregation;
        this.windowStartMs = windowStartMs;
        this.windowEndMs = windowEndMs;
        this.key = key;
        this.values = values;
        this.revision = revision;
        this.isFinal = isFinal;
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
