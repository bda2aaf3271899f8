package dev.millrace.core.connector;

import java.time.Duration;

/**
 * Brings events into a pipeline, at least once; the pipeline knows an event again by its source and
 * id. Called by one virtual thread at a time; calls may block and may be interrupted.
 */
public interface Source extends AutoCloseable {
    /**
     * What comes next: also what was handed out before and never acknowledged, by a process that
     * died. May be empty.
     *
     * @param wait how long to wait for the first message
     * @throws ConnectorException if the system cannot be asked
     */
    SourceBatch read(Duration wait) throws ConnectorException;

    /** Lets go of connections; what was not acknowledged comes again. Throws nothing. */
    @Override
    void close();
}
