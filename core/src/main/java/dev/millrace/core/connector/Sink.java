package dev.millrace.core.connector;

/**
 * One system that takes what a pipeline puts out, at least once: a batch whose outcome was lost is
 * delivered again, with the same {@link SinkBatch#key}. One that can keep a cursor together with
 * what it takes is a {@link CursorSink}.
 *
 * <p>Called by one thread at a time, a virtual one, in the order of positions; calls may block. The
 * thread is interrupted {@link SinkContext#timeout} after a call began, so a connector sets its own
 * timeouts a little lower, and then says what hung.
 */
public interface Sink extends AutoCloseable {
    /**
     * Takes all of a batch, or nothing. Returns once the system has it as durably as it ever will.
     *
     * <p>What is wrong with the system or the batch is an answer, never an exception; one that is
     * thrown all the same counts as {@link Delivery.RetryLater}.
     *
     * @param batch without items where all that stands between its positions has been superseded or
     *     refused: then there is nothing to write
     */
    Delivery deliver(SinkBatch batch);

    /** Lets go of connections and threads. Anything but blocks; throws nothing. */
    @Override
    void close();
}
