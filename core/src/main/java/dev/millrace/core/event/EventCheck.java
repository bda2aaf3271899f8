package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/** What makes a JSON object an event, looked up in the row that the scanner filled. */
final class EventCheck {
    /** 0000-01-01T00:00:00Z. */
    static final long MIN_TIMESTAMP_MS = -62_167_219_200_000L;

    /** 9999-12-31T23:59:59.999Z. */
    static final long MAX_TIMESTAMP_MS = 253_402_300_799_999L;

    static final int MAX_ID = 128;
    static final int MAX_TYPE = 256;
    static final int MAX_SOURCE = 256;

    private final Place place = new Place();
    private long timestampMs;

    /** The first thing wrong with the builder's row, or null. */
    @Nullable Violation violation(byte[] bytes, BatchBuilder row) {
        Violation violation = text(bytes, row, Projection.ID, "id", MAX_ID);
        if (violation == null) {
            violation = text(bytes, row, Projection.TYPE, "type", MAX_TYPE);
        }
        if (violation == null) {
            violation = text(bytes, row, Projection.SOURCE, "source", MAX_SOURCE);
        }
        if (violation == null) {
            violation = timestamp(bytes, row);
        }
        return violation == null ? data(bytes, row) : violation;
    }

    /**
     * Holds for values that replace those of a valid event, by slot.
     *
     * @throws IllegalArgumentException if an event must not have the value
     */
    static void requireEnvelope(int slot, @Nullable Object value) {
        switch (slot) {
            case Projection.ID -> require(isText(value, MAX_ID), "id", value);
            case Projection.TYPE -> require(isText(value, MAX_TYPE), "type", value);
            case Projection.SOURCE -> require(isText(value, MAX_SOURCE), "source", value);
            case Projection.TIMESTAMP -> require(isTimestamp(value), "timestamp", value);
            case Projection.DATA ->
                    require(
                            value instanceof Map<?, ?> || Event.MISSING.equals(value),
                            "data",
                            value);
            default -> {}
        }
    }

    private static boolean isText(@Nullable Object value, int longest) {
        return value instanceof String text
                && !text.isEmpty()
                && text.codePointCount(0, text.length()) <= longest;
    }

    private static boolean isTimestamp(@Nullable Object value) {
        return value instanceof Long timestamp
                && timestamp >= MIN_TIMESTAMP_MS
                && timestamp <= MAX_TIMESTAMP_MS;
    }

    private static void require(boolean holds, String name, @Nullable Object value) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "the %s of an event cannot be %s"
                            .formatted(name, Found.cut(String.valueOf(value))));
        }
    }

    /** Of the row that was checked last, if nothing was wrong. */
    long timestampMs() {
        return timestampMs;
    }

    /** A row's id or source, if it is as it must be. */
    @Nullable String readable(byte[] bytes, BatchBuilder row, int slot, int longest) {
        row.locate(slot, bytes, place);
        return place.kind() == JsonKind.STRING && fits(longest) ? place.string() : null;
    }

    private @Nullable Violation text(
            byte[] bytes, BatchBuilder row, int slot, String name, int longest) {
        row.locate(slot, bytes, place);
        if (place.kind() == JsonKind.STRING && fits(longest)) {
            return null;
        }
        String allowed = name + " must be a string of 1 to " + longest + " characters";
        String found =
                switch (place.kind()) {
                    case MISSING -> "it is missing";
                    case STRING ->
                            place.length() == 0
                                    ? "it is empty"
                                    : "it has " + characters() + ": " + Found.describe(place);
                    default -> "found " + Found.describe(place);
                };
        return new Violation("/" + name, allowed + "; " + found);
    }

    /** A character takes one byte or more, so that only long texts need counting. */
    private boolean fits(int longest) {
        return place.length() > 0 && (place.length() <= longest || characters() <= longest);
    }

    private int characters() {
        String text = place.string();
        return text.codePointCount(0, text.length());
    }

    private @Nullable Violation timestamp(byte[] bytes, BatchBuilder row) {
        row.locate(Projection.TIMESTAMP, bytes, place);
        boolean read =
                switch (place.kind()) {
                    case INTEGER -> inRange(place.integer());
                    case DECIMAL -> inRange(Math.floor(place.number()));
                    case STRING -> inRange(parsed());
                    default -> false;
                };
        if (read) {
            return null;
        }
        String found =
                place.kind() == JsonKind.MISSING
                        ? "it is missing"
                        : "found " + Found.describe(place);
        return new Violation(
                "/timestamp",
                "timestamp must be epoch milliseconds or an RFC 3339 date-time such as "
                        + "\"2026-01-31T12:00:00Z\", of the years 0000 to 9999; "
                        + found);
    }

    private long parsed() {
        if (!place.escaped()) {
            return Rfc3339.parse(place.bytes(), place.start(), place.length());
        }
        byte[] text = new byte[place.length()];
        return Rfc3339.parse(text, 0, place.unescape(text, 0));
    }

    private boolean inRange(double timestamp) {
        return timestamp >= MIN_TIMESTAMP_MS
                && timestamp <= MAX_TIMESTAMP_MS
                && inRange((long) timestamp);
    }

    private boolean inRange(long timestamp) {
        timestampMs = timestamp;
        return timestamp >= MIN_TIMESTAMP_MS && timestamp <= MAX_TIMESTAMP_MS;
    }

    private @Nullable Violation data(byte[] bytes, BatchBuilder row) {
        row.locate(Projection.DATA, bytes, place);
        JsonKind kind = place.kind();
        if (kind == JsonKind.OBJECT || kind == JsonKind.MISSING) {
            return null;
        }
        return new Violation(
                "/data", "data must be an object, or absent; found " + Found.describe(place));
    }
}
