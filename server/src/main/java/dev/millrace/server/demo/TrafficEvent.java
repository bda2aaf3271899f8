package dev.millrace.server.demo;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * One event on its way out, with what may be wrong with it.
 *
 * @param target where a click goes; null: a page view
 */
record TrafficEvent(
        String id,
        long timestampMs,
        Site site,
        Visitor visitor,
        String path,
        @Nullable String query,
        @Nullable String referrer,
        @Nullable String target,
        int status,
        long bytes,
        long loadMs,
        Fault fault) {
    private static final JsonFactory JSON = new JsonFactory();

    /** What producers get wrong. */
    enum Fault {
        NONE,
        /** Rejected as invalid: no {@code id}. */
        NO_ID,
        /** Rejected as invalid: a {@code timestamp} that is no time. */
        TIME_IN_WORDS,
        /** Rejected as invalid: a {@code source} that is a number. */
        SOURCE_AS_NUMBER,
        /** Rejected as invalid: the connection broke in the middle of the event. */
        CUT_SHORT,
        /** Rejected as future: a clock that is wrong by a quarter of an hour. */
        FAST_CLOCK,
        /** Late: the client was offline, and sends what happened minutes ago. */
        OFFLINE,
        /** Fails in a stage: no {@code data.ua}, on which a filter relies. */
        NO_UA,
        /** Fails in a stage: {@code data.load_ms} is text, with which no stage can reckon. */
        LOAD_AS_TEXT
    }

    /** The event as one line of NDJSON, without the line feed. */
    byte[] toJson() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            write(json);
        }
        byte[] line = out.toByteArray();
        return fault == Fault.CUT_SHORT ? Arrays.copyOf(line, line.length * 2 / 3) : line;
    }

    private void write(JsonGenerator json) {
        json.writeStartObject();
        if (fault != Fault.NO_ID) {
            json.writeStringProperty("id", id);
        }
        json.writeStringProperty("type", target == null ? "page_view" : "click");
        if (fault == Fault.SOURCE_AS_NUMBER) {
            json.writeNumberProperty("source", site.index());
        } else {
            json.writeStringProperty("source", site.name());
        }
        if (fault == Fault.TIME_IN_WORDS) {
            json.writeStringProperty("timestamp", "just now");
        } else {
            json.writeNumberProperty("timestamp", timestampMs);
        }
        json.writeObjectPropertyStart("data");
        json.writeStringProperty("visitor", visitor.id());
        json.writeStringProperty("path", path);
        if (query != null) {
            json.writeStringProperty("query", query);
        }
        if (target != null) {
            json.writeStringProperty("target", target);
        }
        writeNullable(json, "referrer", referrer);
        if (fault != Fault.NO_UA) {
            json.writeStringProperty("ua", visitor.ua());
        }
        json.writeStringProperty("device", visitor.device());
        json.writeStringProperty("country", visitor.country());
        json.writeStringProperty("ip", visitor.ip());
        if (target == null) {
            writeLoad(json);
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeLoad(JsonGenerator json) {
        json.writeNumberProperty("status", status);
        json.writeNumberProperty("bytes", bytes);
        if (fault == Fault.LOAD_AS_TEXT) {
            json.writeStringProperty("load_ms", Long.toString(loadMs));
        } else {
            json.writeNumberProperty("load_ms", loadMs);
        }
    }

    private static void writeNullable(JsonGenerator json, String name, @Nullable String text) {
        if (text == null) {
            json.writeNullProperty(name);
        } else {
            json.writeStringProperty(name, text);
        }
    }
}
