package dev.millrace.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Events and bytes that were admitted to one pipeline and are not processed yet, against their
 * limits. Safe for use by many threads.
 */
final class QueueDepth {
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final long bytesLimit;

    QueueDepth(long bytesLimit) {
        this.bytesLimit = bytesLimit;
    }

    /**
     * Takes room for a batch, all of it or nothing. A batch larger than the byte limit finds room
     * in an empty queue.
     */
    boolean tryEnter(int count, long size, int eventsLimit) {
        if (events.addAndGet(count) > eventsLimit) {
            events.addAndGet(-count);
            return false;
        }
        long before = bytes.getAndAdd(size);
        if (before > 0 && before + size > bytesLimit) {
            leave(count, size);
            return false;
        }
        return true;
    }

    /** Takes room whatever the limits say: for what the journal holds already. */
    void enter(int count, long size) {
        events.addAndGet(count);
        bytes.addAndGet(size);
    }

    void leave(int count, long size) {
        events.addAndGet(-count);
        bytes.addAndGet(-size);
    }

    long events() {
        return events.get();
    }

    long bytes() {
        return bytes.get();
    }
}
