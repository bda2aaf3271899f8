package dev.millrace.core.connector;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.detect.Alert;
import dev.millrace.core.detect.Direction;
import dev.millrace.core.event.Json;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rows and alerts as the API writes them, and rows back. It is what an outbox keeps: independent of
 * the version of the pipeline, and readable in a dead letter.
 */
public final class SinkJson {
    private SinkJson() {}

    /** A retracted row has {@code "retracted": true} and no values. */
    public static byte[] of(Row row) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("aggregate", row.aggregate());
        json.put("windowStart", row.windowStartMs());
        json.put("windowEnd", row.windowEndMs());
        json.put("group", row.group());
        json.put("values", row.isRetracted() ? null : row.values());
        json.put("revision", row.revision());
        json.put("final", row.isFinal());
        if (row.isRetracted()) {
            json.put("retracted", true);
        }
        return Json.encode(json);
    }

    public static byte[] of(Alert alert) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", alert.id());
        json.put("detector", alert.detector());
        json.put("group", alert.group());
        json.put("direction", alert.direction() == Direction.SURGE ? "surge" : "drop");
        json.put("state", alert.isOpen() ? "open" : "ended");
        json.put("windowStart", alert.windowStartMs());
        json.put("endedAt", alert.endedAtMs().isPresent() ? alert.endedAtMs().getAsLong() : null);
        json.put("value", alert.value());
        json.put("baseline", alert.baseline());
        json.put("score", alert.score());
        return Json.encode(json);
    }

    /**
     * Reads what {@link #of(Row)} wrote; a row that was retracted comes back without values.
     *
     * @throws IllegalArgumentException if it is no such row
     */
    public static Row row(byte[] json) {
        if (!(Json.decode(json) instanceof Map<?, ?> row)) {
            throw new IllegalArgumentException("a row is a JSON object");
        }
        return new Row(
                text(row, "aggregate"),
                number(row, "windowStart"),
                number(row, "windowEnd"),
                members(row.get("group")),
                members(row.get("values")),
                number(row, "revision"),
                Boolean.TRUE.equals(row.get("final")),
                Boolean.TRUE.equals(row.get("retracted")));
    }

    /**
     * The id of an alert that {@link #of(Alert)} wrote.
     *
     * @throws IllegalArgumentException if it is no such alert
     */
    public static String alertId(byte[] json) {
        if (!(Json.decode(json) instanceof Map<?, ?> alert)) {
            throw new IllegalArgumentException("an alert is a JSON object");
        }
        return text(alert, "id");
    }

    private static String text(Map<?, ?> json, String name) {
        if (json.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(name + " must be a text, is " + json.get(name));
    }

    private static long number(Map<?, ?> json, String name) {
        if (json.get(name) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException(name + " must be a whole number, is " + json.get(name));
    }

    private static Map<String, @Nullable Object> members(@Nullable Object value) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, member) -> members.put(String.valueOf(name), member));
        }
        return members;
    }
}
