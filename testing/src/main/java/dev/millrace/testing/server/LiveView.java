package dev.millrace.testing.server;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What somebody knows who has read a live stream: the rows that it comes to. Thread-safe. */
public class LiveView {
    private final Map<List<Object>, Map<String, Object>> rows = new HashMap<>();
    private final Set<String> sessions;

    /**
     * @param sessions aggregates with sessions, whose rows are told apart by their start
     */
    public LiveView(String... sessions) {
        this.sessions = Set.of(sessions);
    }

    @SuppressWarnings("unchecked")
    public synchronized void apply(String event, Object data) {
        switch (event) {
            case "snapshot" -> {
                rows.clear();
                ((List<Map<String, Object>>) data).forEach(this::put);
            }
            case "window" -> {
                Object aggregate = member((Map<String, Object>) data, "aggregate");
                rows.values().removeIf(row -> member(row, "aggregate").equals(aggregate));
            }
            case "rows" -> ((List<Map<String, Object>>) data).forEach(this::put);
            default -> {
                // Says nothing of rows.
            }
        }
    }

    private void put(Map<String, Object> row) {
        String aggregate = (String) member(row, "aggregate");
        boolean isSession = sessions.contains(aggregate);
        List<Object> key =
                List.of(
                        aggregate,
                        member(row, "group"),
                        isSession ? member(row, "windowStart") : 0L);
        boolean isGone = isSession && Boolean.TRUE.equals(row.get("final"));
        if (isGone || row.containsKey("retracted")) {
            rows.remove(key);
            return;
        }
        Map<String, Object> before = rows.get(key);
        if (before == null || (long) member(before, "revision") < (long) member(row, "revision")) {
            rows.put(key, row);
        }
    }

    private static Object member(Map<String, Object> object, String name) {
        return Objects.requireNonNull(object.get(name), name);
    }

    /** Rows of an aggregate, in no order. */
    public synchronized Set<Map<String, Object>> rows(String aggregate) {
        Set<Map<String, Object>> found = new HashSet<>();
        for (Map<String, Object> row : all()) {
            if (member(row, "aggregate").equals(aggregate)) {
                found.add(row);
            }
        }
        return found;
    }

    private Collection<Map<String, Object>> all() {
        return rows.values();
    }
}
