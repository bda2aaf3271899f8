package dev.millrace.connect.lookup;

/** Asks one source. Safe for use by many threads. */
public interface Fetcher extends AutoCloseable {
    /**
     * Asks once. Blocks, for the timeout of the stage at most.
     *
     * @throws InterruptedException if the source was closed meanwhile
     */
    Attempt fetch(Object key) throws InterruptedException;

    /** How many keys may be asked for at the same time. */
    int concurrency();

    @Override
    void close();
}
