package dev.millrace.core.pipeline;

import tools.jackson.databind.JsonNode;

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
