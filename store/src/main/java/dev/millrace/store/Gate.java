package dev.millrace.store;

import dev.millrace.core.port.StorageException;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps native objects from being freed under those who use them. Many may be inside at once, and a
 * thread that is inside may enter again; to shut waits until all have left.
 */
final class Gate {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Pass pass = lock.readLock()::unlock;
    private @Nullable String shutBecause;

    /** Whoever holds it is inside, until it is closed. */
    interface Pass extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * @throws StorageException if it is shut
     */
    Pass enter() {
        lock.readLock().lock();
        String reason = shutBecause;
        if (reason != null) {
            lock.readLock().unlock();
            throw new StorageException(reason);
        }
        return pass;
    }

    /**
     * Lets nobody in any more, once all are out and {@code last} has run. Does nothing if it is
     * shut already; if {@code last} throws, it stays open.
     */
    void shut(String reason, Runnable last) {
        lock.writeLock().lock();
        try {
            if (shutBecause == null) {
                last.run();
                shutBecause = reason;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
