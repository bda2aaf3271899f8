package dev.millrace.engine;

import java.time.Duration;

/**
 * Settings of the engine.
 *
 * @param taskThreads platform threads that run the partitions of all pipelines
 * @param commitInterval the longest time between two commits of a pipeline that has something to
 *     commit
 * @param queueBytes bytes of events that may wait in one pipeline before a batch is refused
 * @param drainTimeout how long {@link Engine#close} waits for the queues
 * @param letterBudget what may wait of one source among the dead letters of one pipeline
 */
public record EngineOptions(
        int taskThreads,
        Duration commitInterval,
        long queueBytes,
        Duration drainTimeout,
        LetterBudget letterBudget) {
    public EngineOptions {
        if (taskThreads < 1) {
            throw new IllegalArgumentException("taskThreads must be 1 or more, not " + taskThreads);
        }
        if (commitInterval.isNegative() || commitInterval.isZero()) {
            throw new IllegalArgumentException(
                    "commitInterval must be positive, not " + commitInterval);
        }
        if (queueBytes < 1) {
            throw new IllegalArgumentException("queueBytes must be 1 or more, not " + queueBytes);
        }
    }

    /**
     * About how much heap all that a pipeline has processed may take until it is committed: as much
     * as what waits to be processed.
     */
    long uncommittedBytes() {
        return queueBytes;
    }

    /**
     * As many threads as there are processors, a commit after 250 ms at most, queues of 256 MiB or
     * an eighth of the heap.
     */
    public static EngineOptions defaults() {
        Runtime runtime = Runtime.getRuntime();
        return new EngineOptions(
                runtime.availableProcessors(),
                Duration.ofMillis(250),
                Math.min(256L << 20, runtime.maxMemory() / 8),
                Duration.ofSeconds(20),
                LetterBudget.DEFAULT);
    }

    /** The same with another budget for dead letters. */
    public EngineOptions withLetterBudget(LetterBudget budget) {
        return new EngineOptions(taskThreads, commitInterval, queueBytes, drainTimeout, budget);
    }
}
