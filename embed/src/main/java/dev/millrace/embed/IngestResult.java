package dev.millrace.embed;

import dev.millrace.core.event.Rejection;

import java.time.Duration;
import java.util.List;

/** What became of events that were handed over. They are taken all, or none is. */
public sealed interface IngestResult {
    /**
     * They are on disk, synced. What was rejected is a dead letter already.
     *
     * @param rejections why, of the first 100, in order
     */
    record Accepted(int accepted, int rejected, List<Rejection> rejections)
            implements IngestResult {
        public Accepted {
            rejections = List.copyOf(rejections);
        }
    }

    /**
     * There is no room for them now; nothing was written.
     *
     * @param retryAfter when there will be room, at the rate at which the queue drains now
     * @param bottleneck what it waits for, such as {@code stage:geo}
     */
    record QueueFull(Duration retryAfter, String bottleneck) implements IngestResult {}
}
