package dev.millrace.engine;

import dev.millrace.core.port.Storage;
import java.util.List;
import java.util.Optional;

/**
 * The one-process host: runs all pipelines of one storage. Safe for use by many threads; its methods block, and are made for
 * virtual threads.
 */
public final class Engine implements AutoCloseable {
    /**
     * Opens every pipeline of {@code storage}, feeds it what its journal holds beyond its last commit, and returns once all
     * have caught up.
     *
     * @throws dev.millrace.core.MillraceException if the storage cannot be read
     */
    public static Engine open(Storage storage, EngineOptions options) {
        throw new UnsupportedOperationException();
    }

    /** Creates or changes a pipeline. {@code dryRun}: only says what would happen. */
    public PutOutcome put(String name, String definition, boolean dryRun) {
        throw new UnsupportedOperationException();
    }

    public Optional<Pipeline> pipeline(String name) {
        throw new UnsupportedOperationException();
    }

    /** All pipelines, by name. */
    public List<Pipeline> pipelines() {
        throw new UnsupportedOperationException();
    }

    /** Removes a pipeline with all it holds; false if there is none of that name. */
    public boolean drop(String name) {
        throw new UnsupportedOperationException();
    }

    public EngineHealth health() {
        throw new UnsupportedOperationException();
    }

    /** Every bound that is in force, for operators. */
    public List<Bound> limits() {
        throw new UnsupportedOperationException();
    }

    /** Takes no more events, lets the queues drain, commits, and stops. The storage stays open. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
