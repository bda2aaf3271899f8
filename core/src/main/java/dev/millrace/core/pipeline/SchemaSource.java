package dev.millrace.core.pipeline;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.Map;

/** Where a {@code schema} comes from that is given by a file name. */
@FunctionalInterface
public interface SchemaSource {
    /** For definitions that come without a folder, as over HTTP. */
    SchemaSource NONE =
            _ -> {
                throw new UnavailableException(
                        "a schema file can only be named in a file of the server's pipelines"
                                + " folder; put the schema itself here");
            };

    /** Schemas that were recorded when the definition was put, as JSON, by file name. */
    static SchemaSource of(Map<String, String> files) {
        return fileName -> {
            String text = files.get(fileName);
            if (text == null) {
                throw new UnavailableException("the schema " + fileName + " was not recorded");
            }
            return JsonMapper.shared().readTree(text);
        };
    }

    /**
     * Returns the schema in the file of that name.
     *
     * @throws UnavailableException if there is none
     */
    JsonNode load(String fileName) throws UnavailableException;

    /** There is no such schema. The message says why, in plain words. */
    final class UnavailableException extends Exception {
        public UnavailableException(String message) {
            super(message);
        }
    }
}
