package dev.millrace.server.live;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the live streams of a server take of its memory, all together. Thread-safe. */
final class LiveBudget {
    private final LiveLimits limits;
    private final AtomicLong buffered = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final AtomicInteger feeds = new AtomicInteger();
    private final LongAdder cutOff = new LongAdder();

    LiveBudget(LiveLimits limits) {
        this.limits = limits;
    }

    void buffer(long bytes) {
        buffered.addAndGet(bytes);
    }

    boolean isBufferFull() {
        return buffered.get() > limits.bufferedBytes();
    }

    long bufferedBytes() {
        return buffered.get();
    }

    void hold(long bytes) {
        held.addAndGet(bytes);
    }

    boolean isHeldFull() {
        return held.get() > limits.heldBytes();
    }

    long heldBytes() {
        return held.get();
    }

    /**
     * Takes room for a feed.
     *
     * @return false if there is none
     */
    boolean takeFeed() {
        boolean taken = feeds.incrementAndGet() <= limits.feeds();
        if (!taken) {
            feeds.decrementAndGet();
        }
        return taken;
    }

    void letGoOfFeed() {
        feeds.decrementAndGet();
    }

    int feeds() {
        return feeds.get();
    }

    /** Counts a reader that was too slow. */
    void countCutOff() {
        cutOff.increment();
    }

    long cutOff() {
        return cutOff.sum();
    }
}
