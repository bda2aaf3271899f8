package dev.millrace.engine;

import dev.millrace.core.detect.Alert;
import dev.millrace.core.detect.Detection;
import dev.millrace.core.port.WindowRows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** Answers queries from the committed alerts. Its memory is bounded by what is asked for. */
public final class AlertReader {
    public static final int MAX_LIMIT = 1_000;

    private static final Comparator<Alert> NEWEST_FIRST =
            Comparator.comparingLong(Alert::windowStartMs).reversed().thenComparing(Alert::id);

    private AlertReader() {}

    static List<Alert> read(WindowRows stored, List<Detection> detections, long fromMs, int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit must be 1 to " + MAX_LIMIT + ", not " + limit);
        }
        List<Alert> alerts = new ArrayList<>();
        for (Detection detection : detections) {
            alerts.addAll(newest(stored, detection, fromMs, limit));
        }
        return alerts.stream().sorted(NEWEST_FIRST).limit(limit).toList();
    }

    private static Deque<Alert> newest(
            WindowRows stored, Detection detection, long fromMs, int limit) {
        Deque<Alert> newest = new ArrayDeque<>();
        stored.rows(
                detection.number(),
                fromMs,
                Long.MAX_VALUE,
                null,
                (startMs, group, value) -> {
                    newest.addLast(detection.alert(startMs, group, value));
                    if (newest.size() > limit) {
                        newest.removeFirst();
                    }
                    return true;
                });
        return newest;
    }
}
