package dev.millrace.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Events and bytes that were admitted to one pipeline and are not processed yet, against their
 * limits. Safe for use by many threads.
 */
final class QueueDepth {
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong live = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder left = new LongAdder();
    private final long bytesLimit;

    QueueDepth(long bytesLimit) {
        this.bytesLimit = bytesLimit;
    }

    /**
     * Takes room for a batch, all of it or nothing. A batch larger than the byte limit finds room
     * in an empty queue.
     */
    boolean tryEnter(int count, long size, int eventsLimit) {
        if (!tryAdd(events, count, eventsLimit)) {
            return false;
        }
        if (!tryAdd(bytes, size, Math.max(bytesLimit, size))) {
            events.addAndGet(-count);
            return false;
        }
        return true;
    }

    /** Never shows more than the limit, not even while it is tried. */
    private static boolean tryAdd(AtomicLong sum, long more, long limit) {
        long before = sum.get();
        while (before + more <= limit) {
            if (sum.compareAndSet(before, before + more)) {
                return true;
            }
            before = sum.get();
        }
        return false;
    }

    /** Takes room whatever the limits say: for what the journal holds already. */
    void enter(int count, long size) {
        events.addAndGet(count);
        bytes.addAndGet(size);
    }

    void leave(int count, long size) {
        events.addAndGet(-count);
        bytes.addAndGet(-size);
        left.add(count);
    }

    /** How many events have left since the start; the same at two times if nothing moves. */
    long left() {
        return left.sum();
    }

    /** Says how many of the events that entered are not history. */
    void enterLive(int count) {
        live.addAndGet(count);
    }

    void leaveLive(int count) {
        live.addAndGet(-count);
    }

    /** Whether there are no events, or none but history. */
    boolean hasOnlyHistory() {
        return live.get() == 0;
    }

    long events() {
        return events.get();
    }

    long bytes() {
        return bytes.get();
    }
}
