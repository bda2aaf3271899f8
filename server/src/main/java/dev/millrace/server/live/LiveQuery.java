package dev.millrace.server.live;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a reader wants to hear. Those who want the same share it.
 *
 * @param aggregates by name, sorted, each once; none: only metrics and alerts
 * @param group values of group fields, as text; rows and alerts of other groups are left out
 */
public record LiveQuery(List<String> aggregates, Map<String, String> group) {
    /** Aggregates that one reader may name. */
    public static final int MAX_AGGREGATES = 16;

    public LiveQuery {
        aggregates = aggregates.stream().distinct().sorted().toList();
        if (aggregates.size() > MAX_AGGREGATES) {
            throw new IllegalArgumentException(
                    "one stream has at most %d aggregates, not %d"
                            .formatted(MAX_AGGREGATES, aggregates.size()));
        }
        group = new TreeMap<>(group);
    }

    /** The fields of {@link #group}, sorted. */
    List<String> fields() {
        return List.copyOf(group.keySet());
    }

    /** Their values, in that order. */
    List<String> values() {
        return List.copyOf(group.values());
    }

    /** Whether it wants what belongs to {@code its} group. */
    boolean wants(Map<String, ?> its) {
        return group.entrySet().stream()
                .allMatch(wanted ->
                        its.containsKey(wanted.getKey())
                                && wanted.getValue()
                                        .equals(String.valueOf(its.get(wanted.getKey()))));
    }
}
