package dev.millrace.core.pipeline;

import tools.jackson.databind.JsonNode;

import java.util.Map;
import java.util.TreeMap;

/**
 * Notes what another source gave, so that a definition can be read again later without it. Confined
 * to one thread.
 */
public final class RecordedSchemas implements SchemaSource {
    private final SchemaSource source;
    private final Map<String, String> files = new TreeMap<>();

    public RecordedSchemas(SchemaSource source) {
        this.source = source;
    }

    @Override
    public JsonNode load(String fileName) throws UnavailableException {
        JsonNode schema = source.load(fileName);
        files.put(fileName, schema.toString());
        return schema;
    }

    /** The schemas so far, as JSON, by file name. */
    public Map<String, String> files() {
        return Map.copyOf(files);
    }
}
