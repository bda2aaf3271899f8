package dev.millrace.engine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives back the room that a batch took in the queue: its events as each partition is done with its
 * part, its bytes with the last.
 */
final class BatchShare {
    private final QueueDepth depth;
    private final AtomicInteger partitionsLeft;
    private final boolean history;
    private final long bytes;

    /**
     * @param partitions that hold a part of the batch
     * @param history whether the batch is
     */
    BatchShare(QueueDepth depth, int partitions, boolean history, long bytes) {
        this.depth = depth;
        this.partitionsLeft = new AtomicInteger(partitions);
        this.history = history;
        this.bytes = bytes;
    }

    void leave(int events) {
        if (!history) {
            depth.leaveLive(events);
        }
        depth.leave(events, partitionsLeft.decrementAndGet() == 0 ? bytes : 0);
    }
}
