package dev.millrace.core.connector;

import java.util.Optional;

/**
 * A sink that gets everything exactly once: the system keeps a cursor, and {@link #deliver} moves
 * it in the transaction that writes the batch.
 *
 * <p>What {@code deliver} does, in one transaction: compare the cursor with ({@link
 * SinkBatch#owner}, {@link SinkBatch#from}); where it is another, write nothing and answer {@link
 * Delivery.CursorMoved}; else write the items and set it to ({@code owner}, {@link SinkBatch#to}).
 * So whoever delivers the same positions twice, a zombie, or a process that died before it heard of
 * the commit, writes nothing the second time. A batch without items moves the cursor all the same.
 */
public interface CursorSink extends Sink {
    /**
     * The cursor as the system has it; empty where it has none of this sink yet. Asked once after
     * opening, and after every delivery whose outcome is not known.
     *
     * @throws ConnectorException if the system cannot be asked
     */
    Optional<SinkCursor> cursor() throws ConnectorException;

    /**
     * Sets the cursor, whatever it was: at the first start of a sink, and when an operator takes
     * over what another instance has written or rewinds. Durable when it returns.
     *
     * @throws ConnectorException if it cannot be written
     */
    void reset(SinkCursor cursor) throws ConnectorException;
}
