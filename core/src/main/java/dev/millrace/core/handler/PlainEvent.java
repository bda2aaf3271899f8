package dev.millrace.core.handler;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Json;
import dev.millrace.core.event.PlainValues;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An event as plain values. Immutable and thread-safe: {@link #with} and {@link #without} make
 * another one.
 *
 * <p>Fields are named by their dotted paths, such as {@code data.url}. A value is a String, Long,
 * Double, Boolean, null, List or Map; an integer that fits a long is a Long, every other number a
 * Double.
 */
public final class PlainEvent implements Handled {
    private final String id;
    private final String type;
    private final String source;
    private final long timestampMs;
    private final Map<String, @Nullable Object> data;

    /**
     * @param data not to be changed any more
     */
    private PlainEvent(
            String id,
            String type,
            String source,
            long timestampMs,
            Map<String, @Nullable Object> data) {
        this.id = id;
        this.type = type;
        this.source = source;
        this.timestampMs = timestampMs;
        this.data = data;
    }

    /**
     * An event without data.
     *
     * @param timestampMs event time, epoch milliseconds
     */
    public static PlainEvent of(String id, String type, String source, long timestampMs) {
        return new PlainEvent(id, type, source, timestampMs, Map.of());
    }

    /**
     * The event that a cursor stands at.
     *
     * @param data the cursor's {@code data}
     */
    @SuppressWarnings("unchecked") // Every event's data is an object.
    public static PlainEvent of(Event cursor, Field data) {
        Map<String, @Nullable Object> values =
                cursor.get(data) instanceof Map<?, ?> map
                        ? (Map<String, @Nullable Object>) map
                        : Map.of();
        return new PlainEvent(
                cursor.id(), cursor.type(), cursor.source(), cursor.timestampMs(), values);
    }

    public String id() {
        return id;
    }

    public String type() {
        return type;
    }

    public String source() {
        return source;
    }

    /** Event time, epoch milliseconds. */
    public long timestampMs() {
        return timestampMs;
    }

    /** Unmodifiable, in the order of the JSON. */
    public Map<String, @Nullable Object> data() {
        return data;
    }

    /** The value of a field; null where it is null or missing. */
    public @Nullable Object get(String path) {
        List<String> names = FieldPath.parse(path).names();
        return switch (names.getFirst()) {
            case "id" -> id;
            case "type" -> type;
            case "source" -> source;
            case "timestamp" -> timestampMs;
            default -> inData(names.subList(1, names.size()));
        };
    }

    private @Nullable Object inData(List<String> names) {
        Object value = PlainValues.inside(data, names);
        return Event.MISSING.equals(value) ? null : value;
    }

    /**
     * The value of a field that must be a string.
     *
     * @throws IllegalStateException if it is missing, null or another type
     */
    public String text(String path) {
        if (get(path) instanceof String text) {
            return text;
        }
        throw wrong(path, "a string");
    }

    /**
     * The value of a field that must be a number.
     *
     * @throws IllegalStateException if it is missing, null or another type
     */
    public double number(String path) {
        if (get(path) instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(path, "a number");
    }

    private IllegalStateException wrong(String path, String expected) {
        Object found = get(path);
        return new IllegalStateException(
                "%s must be %s, is %s"
                        .formatted(
                                path,
                                expected,
                                found == null ? "missing" : PlainValues.kind(found).described()));
    }

    /**
     * The same event with one field changed; objects on the way are created, replacing what is
     * there instead.
     *
     * @param path inside {@code data}: the rest of an event is as it came in
     * @param value as {@link #get} returns it, or any other whole number or float; copied
     * @throws IllegalArgumentException if JSON cannot hold the value, or it is nested too deep
     */
    public PlainEvent with(String path, @Nullable Object value) {
        List<String> names = namesInData(path);
        return withData(PlainValues.with(data, names, PlainValues.copy(value, names.size())));
    }

    /** The same event without a field. */
    public PlainEvent without(String path) {
        List<String> names = namesInData(path);
        return Event.MISSING.equals(PlainValues.inside(data, names))
                ? this
                : withData(PlainValues.with(data, names, Event.MISSING));
    }

    private static List<String> namesInData(String path) {
        List<String> names = FieldPath.parse(path).names();
        if (names.size() < 2) {
            throw new IllegalArgumentException(
                    "%s cannot be changed; only fields in data can".formatted(path));
        }
        return names.subList(1, names.size());
    }

    private PlainEvent withData(Map<String, @Nullable Object> changed) {
        return new PlainEvent(id, type, source, timestampMs, changed);
    }

    /** The event as producers send it. */
    public byte[] toJson() {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("id", id);
        event.put("type", type);
        event.put("source", source);
        event.put("timestamp", timestampMs);
        event.put("data", data);
        return Json.encode(event);
    }

    /** Whether both are the same event, apart from their data. */
    public boolean sharesEnvelopeWith(PlainEvent other) {
        return id.equals(other.id)
                && type.equals(other.type)
                && source.equals(other.source)
                && timestampMs == other.timestampMs;
    }

    /** Whether both hold the very same data, so that nothing was changed. */
    @SuppressWarnings("ReferenceEquality") // Data are unmodifiable; comparing them all would cost.
    public boolean sharesDataWith(PlainEvent other) {
        return data == other.data;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PlainEvent that
                && sharesEnvelopeWith(that)
                && data.equals(that.data);
    }

    @Override
    public int hashCode() {
        return 31 * id.hashCode() + data.hashCode();
    }

    @Override
    public String toString() {
        return "PlainEvent[%s %s of %s at %d: %s]".formatted(type, id, source, timestampMs, data);
    }
}
