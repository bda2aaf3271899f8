package dev.millrace.engine;

import dev.millrace.core.event.Rejection;

import java.util.List;

/** What became of a batch of events. A batch is taken whole or refused whole. */
public sealed interface IngestOutcome {
    /**
     * The batch is on disk, synced; what was rejected is a dead letter already.
     *
     * @param rejections the first 100, in order of the body
     */
    record Accepted(int accepted, int rejected, List<Rejection> rejections)
            implements IngestOutcome {
        public Accepted {
            rejections = List.copyOf(rejections);
        }
    }

    /**
     * There is no room for it; nothing was written.
     *
     * @param retryAfterSeconds when there will be room at the rate at which the queue drains now, 1
     *     or more
     * @param bottleneck what it waits for: {@code stage:<name>}, {@code sink:<name>} or {@code
     *     storage}
     */
    record QueueFull(long queueDepth, int queueLimit, int retryAfterSeconds, String bottleneck)
            implements IngestOutcome {}

    /**
     * One of its events is of a source that has used up its {@link LetterBudget}; nothing was
     * written. Batches of other sources are taken.
     *
     * @param source the first such; empty: the source of an event could not be read
     * @param retryAfterSeconds 1 or more; nobody can know when somebody sees to the letters
     * @param detail which source, and what to do
     */
    record LettersFull(
            long queueDepth, int queueLimit, int retryAfterSeconds, String source, String detail)
            implements IngestOutcome {
        /** What it waits for. */
        public static final String BOTTLENECK = "dead-letters";
    }

    /** The body, or something in it, is over a limit; nothing was written. */
    record TooLarge(String detail) implements IngestOutcome {}

    /** The body is no JSON; nothing was written. */
    record Malformed(String detail) implements IngestOutcome {}

    /**
     * The storage failed or the engine is stopping. What became of the batch is unknown: send it
     * again with the same ids.
     */
    record Unavailable(String detail) implements IngestOutcome {}
}
