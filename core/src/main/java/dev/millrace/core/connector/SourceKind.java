package dev.millrace.core.connector;

import dev.millrace.core.pipeline.DeclaredKind;

import java.util.Optional;

/** Sources of one system. Immutable and thread-safe. */
public interface SourceKind {
    /** Under which key of a source its settings stand, and which they are. */
    DeclaredKind declared();

    /** As {@link SinkKind#problem}. */
    default Optional<String> problem(SourceContext context) {
        return Optional.empty();
    }

    /**
     * Connects.
     *
     * @throws ConnectorException if that fails; it is tried again
     */
    Source open(SourceContext context) throws ConnectorException;
}
