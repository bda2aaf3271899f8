package dev.millrace.connect.lookup;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;

/** Time in the test's hand: tasks run when the test says so, on its thread, in order. */
final class ManualTimer implements Timer {
    private record Delayed(long atNanos, long order, Runnable task) {}

    private final Deque<Runnable> started = new ArrayDeque<>();
    private final PriorityQueue<Delayed> delayed =
            new PriorityQueue<>(
                    Comparator.comparingLong(Delayed::atNanos).thenComparingLong(Delayed::order));
    private long nanos;
    private long orders;

    @Override
    public Instant instant() {
        return Instant.ofEpochSecond(0, nanos);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void start(Runnable task) {
        started.add(task);
    }

    @Override
    public void startAfter(Duration delay, Runnable task) {
        delayed.add(new Delayed(nanos + delay.toNanos(), orders++, task));
    }

    /** How many tasks were started and have not run. */
    int running() {
        return started.size();
    }

    /** Runs what was started, and what that starts. */
    void run() {
        while (!started.isEmpty()) {
            started.remove().run();
        }
    }

    /** Runs all there is to run until then. */
    void advance(Duration time) {
        run();
        long end = nanos + time.toNanos();
        while (!delayed.isEmpty() && delayed.peek().atNanos <= end) {
            Delayed next = delayed.remove();
            nanos = next.atNanos;
            next.task.run();
            run();
        }
        nanos = end;
    }
}
