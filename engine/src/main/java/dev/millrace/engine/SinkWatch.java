package dev.millrace.engine;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Interrupts calls of sinks and sources that take too long. Safe for use by many threads. */
final class SinkWatch implements AutoCloseable {
    private final ScheduledThreadPoolExecutor alarms =
            new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().daemon().name("millrace-sink-watch").factory());

    SinkWatch() {
        // A thousand calls a second would leave as many alarms behind, for as long as a timeout.
        alarms.setRemoveOnCancelPolicy(true);
    }

    /** A call under way; closed when it returns. */
    interface Call extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Interrupts the calling thread after a while, unless the call is closed by then. The thread
     * may find itself interrupted a moment after that too, and clears it.
     */
    Call within(Duration timeout) {
        Thread caller = Thread.currentThread();
        try {
            ScheduledFuture<?> alarm =
                    alarms.schedule(caller::interrupt, timeout.toNanos(), TimeUnit.NANOSECONDS);
            return () -> {
                boolean _ = alarm.cancel(false);
            };
        } catch (RejectedExecutionException stopping) {
            return () -> {};
        }
    }

    @Override
    public void close() {
        alarms.shutdownNow();
    }
}
