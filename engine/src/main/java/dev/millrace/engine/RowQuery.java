package dev.millrace.engine;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which rows of an aggregate are asked for.
 *
 * @param fromMs first window start, inclusive
 * @param toMs last window start, exclusive
 * @param group group fields that must have these values, written as text ({@code null} for none)
 * @param latest only what is going on now: the current window, or a sliding aggregate's early one,
 *     or the sessions that are open
 * @param rollup of longer windows of this size, of a tumbling aggregate
 * @param order a value's name, with {@code -} before it from the greatest down; absent: by window
 *     start, then group
 * @param limit 1 to 10,000
 * @param after where the page before ended
 */
public record RowQuery(
        String aggregate,
        OptionalLong fromMs,
        OptionalLong toMs,
        Map<String, String> group,
        boolean latest,
        Optional<Duration> rollup,
        Optional<String> order,
        int limit,
        Optional<String> after) {
    public static final int MAX_LIMIT = 10_000;

    /** Every row, as many as an answer holds. */
    public static RowQuery all(String aggregate) {
        return of(aggregate, false);
    }

    /** What is going on now, as many rows as an answer holds. */
    public static RowQuery current(String aggregate) {
        return of(aggregate, true);
    }

    private static RowQuery of(String aggregate, boolean latest) {
        return new RowQuery(
                aggregate,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Map.of(),
                latest,
                Optional.empty(),
                Optional.empty(),
                MAX_LIMIT,
                Optional.empty());
    }

    public RowQuery {
        group = Map.copyOf(group);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit must be 1 to " + MAX_LIMIT + ", not " + limit);
        }
    }
}
