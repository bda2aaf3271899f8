package dev.millrace.core.connector;

import dev.millrace.core.pipeline.DeclaredKind;

import java.util.Optional;

/** Sinks of one system. Immutable and thread-safe. */
public interface SinkKind {
    /** Under which key of a sink its settings stand, and which they are. */
    DeclaredKind declared();

    /**
     * What cannot be as it is described, though every setting by itself is right: a variable that
     * is not set, say. One sentence; empty if it can. Asks nothing over the network, since a system
     * may be away when a pipeline is put.
     */
    default Optional<String> problem(SinkContext context) {
        return Optional.empty();
    }

    /**
     * Connects, and checks that what is there can take the rows; makes what is missing, like a
     * table.
     *
     * @throws ConnectorException if that fails; it is tried again
     */
    Sink open(SinkContext context) throws ConnectorException;
}
