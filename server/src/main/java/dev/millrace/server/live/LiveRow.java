package dev.millrace.server.live;

import dev.millrace.core.aggregate.Row;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * A row as readers get it, written once for all of them. Immutable.
 *
 * @param json as the API writes it
 */
record LiveRow(Key key, long revision, boolean isFinal, boolean isRetracted, byte[] json) {
    /** What a row costs besides its bytes, about: its key, and its place in a table. */
    private static final int OVERHEAD_BYTES = 400;

    /** What tells one row of an aggregate from another. */
    record Key(long windowStartMs, Map<String, @Nullable Object> group) {}

    static LiveRow of(Row row, LiveJson json) {
        return new LiveRow(
                new Key(row.windowStartMs(), row.group()),
                row.revision(),
                row.isFinal(),
                row.isRetracted(),
                json.row(row));
    }

    /** The values of group fields, as text. */
    static List<String> values(Map<String, @Nullable Object> group, List<String> fields) {
        return fields.stream().map(field -> String.valueOf(group.get(field))).toList();
    }

    long bytes() {
        return (long) json.length + OVERHEAD_BYTES;
    }
}
