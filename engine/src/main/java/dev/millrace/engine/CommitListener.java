package dev.millrace.engine;

/**
 * Hears of the commits of a pipeline, one after the other, each once it is durable and visible.
 *
 * <p>Called by the thread that commits, so it must return at once. What it throws is logged and
 * goes no further.
 */
@FunctionalInterface
public interface CommitListener {
    void committed(CommittedRows commit);
}
