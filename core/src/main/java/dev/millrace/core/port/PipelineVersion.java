package dev.millrace.core.port;

import java.util.Map;

/**
 * One version of a pipeline's definition.
 *
 * @param version from 1 up
 * @param definition the text as it was put, YAML or JSON
 * @param files the files that the definition names, as they were then, by name
 * @param aggregates for each aggregate and each detector the number under which its state is kept,
 *     1 or more; one that a change leaves alone keeps its number, one that must start anew gets a
 *     number never used before
 */
public record PipelineVersion(
        int version,
        long createdAtMs,
        String definition,
        Map<String, String> files,
        Map<String, Integer> aggregates) {
    public PipelineVersion {
        if (version < 1) {
            throw new IllegalArgumentException("versions start at 1, not " + version);
        }
        files = Map.copyOf(files);
        aggregates = Map.copyOf(aggregates);
    }
}
