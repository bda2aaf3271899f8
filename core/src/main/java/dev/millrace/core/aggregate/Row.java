package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of an aggregate: what it counted in one window for one group.
 *
 * @param windowStartMs inclusive, epoch milliseconds
 * @param windowEndMs exclusive
 * @param group the fields of {@code by} with their values, in that order; a value is null where the
 *     field was missing
 * @param values in the order of the definition; null for a sum, mean, least or greatest of nothing
 * @param revision the commit that last changed the row; higher means newer
 * @param isFinal true once the window is closed; a final row may still be corrected
 * @param isRetracted true where a session took this one's place, which began earlier or joined it
 *     to another; its values are those of nothing, and it does not count
 */
public record Row(
        String aggregate,
        long windowStartMs,
        long windowEndMs,
        Map<String, @Nullable Object> group,
        Map<String, @Nullable Object> values,
        long revision,
        boolean isFinal,
        boolean isRetracted) {
    public Row {
        group = Collections.unmodifiableMap(new LinkedHashMap<>(group));
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
}
