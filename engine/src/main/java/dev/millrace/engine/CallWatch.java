package dev.millrace.engine;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Watches the calls of handlers that are under way: interrupts those that are overdue, and knows
 * which stage hangs. Safe for use by many threads.
 *
 * <p>It looks every 10 ms, and not by a timer for each call: most calls take microseconds, and
 * setting and taking back a timer would cost more than they do.
 */
final class CallWatch implements AutoCloseable {
    private static final long LOOK_MS = 10;

    /** An event that occupies a handler for so long makes its stage the bottleneck. */
    private static final long HANGING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final HostClock clock;
    private final Set<WatchedCall> open = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean ended;

    CallWatch(HostClock clock) {
        this.clock = clock;
        this.thread =
                Thread.ofPlatform().daemon().name("millrace-handler-watch").start(this::watch);
    }

    private void watch() {
        while (!ended) {
            long nowNanos = clock.nanos();
            open.forEach(call -> call.interruptIfOverdue(nowNanos));
            try {
                Thread.sleep(LOOK_MS);
            } catch (InterruptedException closed) {
                return;
            }
        }
    }

    void opened(WatchedCall call) {
        open.add(call);
    }

    void closed(WatchedCall call) {
        open.remove(call);
    }

    /** The stage of a pipeline that has been at one event for long; empty if none has. */
    Optional<String> hangingStage(String pipeline) {
        long nowNanos = clock.nanos();
        return open.stream()
                .filter(call -> call.pipeline().equals(pipeline))
                .filter(call -> call.openNanos(nowNanos) >= HANGING_NANOS)
                .max(Comparator.comparingLong(call -> call.openNanos(nowNanos)))
                .map(WatchedCall::stage);
    }

    /** Whether the host is ending, so that interrupts are its own and mean to. */
    boolean isEnded() {
        return ended;
    }

    @Override
    public void close() {
        ended = true;
        thread.interrupt();
    }
}
