package dev.millrace.core.connector;

import java.util.List;

/** Messages of a source. */
public interface SourceBatch {
    /** Each the JSON of one event, as it came; one that is none becomes a dead letter. */
    List<byte[]> messages();

    /**
     * Says that the journal has all of them, so that they need not come again. Called once, before
     * the next batch is read.
     *
     * @throws ConnectorException if the system cannot be told; the messages come again then, as
     *     duplicates
     */
    void acknowledge() throws ConnectorException;
}
