package dev.millrace.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The platform threads that run the partitions of all pipelines. A partition with work stands in
 * line, is run for a turn, and stands in line again, so that no pipeline starves another. The line
 * is bounded by the number of partitions.
 */
final class TaskPool implements AutoCloseable {
    private final BlockingQueue<PartitionRunner> line = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    TaskPool(int threadCount) {
        for (int i = 0; i < threadCount; i++) {
            threads.add(Thread.ofPlatform().name("millrace-task-" + i).start(this::work));
        }
    }

    /** Puts a partition in line; it takes care of standing there once only. */
    void enqueue(PartitionRunner runner) {
        line.add(runner);
    }

    private void work() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                line.take().runTurn();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the threads after the turns they are in; what waits is not run. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
