package dev.millrace.core.detect;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a detector found: a group whose value left its baseline.
 *
 * @param id the same for as long as the alert is kept, and no other alert's
 * @param detector the stage's name
 * @param group the fields of the aggregate's {@code by} with their values
 * @param windowStartMs of the first window that stood out
 * @param endedAtMs end of the first window that did not; empty while the alert is open
 * @param value that stood out most
 * @param baseline that it is held against
 * @param score deviations between them; below 0 for a drop
 */
public record Alert(
        String id,
        String detector,
        Map<String, @Nullable Object> group,
        Direction direction,
        long windowStartMs,
        OptionalLong endedAtMs,
        double value,
        double baseline,
        double score) {
    public Alert {
        group = Collections.unmodifiableMap(new LinkedHashMap<>(group));
    }

    public boolean isOpen() {
        return endedAtMs.isEmpty();
    }
}
