package dev.millrace.server.http;

import dev.millrace.core.aggregate.Row;

import tools.jackson.core.JsonGenerator;

/** Rows as the API shows them. */
final class RowJson {
    private RowJson() {}

    static void members(JsonGenerator json, Row row) {
        json.writeStringProperty("aggregate", row.aggregate());
        json.writeNumberProperty("windowStart", row.windowStartMs());
        json.writeNumberProperty("windowEnd", row.windowEndMs());
        JsonBody.member(json, "group", row.group());
        if (row.isRetracted()) {
            json.writeNullProperty("values");
        } else {
            JsonBody.member(json, "values", row.values());
        }
        json.writeNumberProperty("revision", row.revision());
        json.writeBooleanProperty("final", row.isFinal());
        if (row.isRetracted()) {
            json.writeBooleanProperty("retracted", true);
        }
    }
}
