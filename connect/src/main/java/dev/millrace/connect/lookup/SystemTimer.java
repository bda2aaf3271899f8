package dev.millrace.connect.lookup;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The system's clocks and virtual threads. Safe for use by many threads. */
public final class SystemTimer implements Timer, AutoCloseable {
    private final ScheduledExecutorService delays =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("millrace-lookup").factory());
    private final ExecutorService tasks =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("millrace-lookup-", 0).factory());

    @Override
    public Instant instant() {
        return Instant.now();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void start(Runnable task) {
        try {
            Future<?> _ = tasks.submit(task);
        } catch (RejectedExecutionException e) {
            // Closed: what waits is never answered.
        }
    }

    @Override
    public void startAfter(Duration delay, Runnable task) {
        try {
            ScheduledFuture<?> _ =
                    delays.schedule(() -> start(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // Closed, likewise.
        }
    }

    /**
     * Runs a task again and again, one run at a time, with {@code pause} before each. It may block,
     * and one that throws is run again all the same.
     */
    public void every(Duration pause, Runnable task) {
        startAfter(
                pause,
                () -> {
                    try {
                        task.run();
                    } finally {
                        every(pause, task);
                    }
                });
    }

    /** Interrupts what runs, and does not wait for it. */
    @Override
    public void close() {
        delays.shutdownNow();
        tasks.shutdownNow();
    }
}
