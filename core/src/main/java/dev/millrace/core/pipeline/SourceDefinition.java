package dev.millrace.core.pipeline;

/**
 * A system from which a pipeline reads events, beside those that are sent to it.
 *
 * @param name unique among sources
 * @param kind like {@code kafka}
 * @param settings of that kind
 */
public record SourceDefinition(String name, String kind, Settings settings) {
    public SourceDefinition {
        Limits.checkName("source name", Limits.STAGE_NAME, name);
    }
}
