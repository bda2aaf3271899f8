package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps a stream of events at a rate: after every batch, waits until as much time has passed as its
 * events may take. Time lost to a slow server is not made up for. Confined to one thread.
 */
final class Pace {
    /** The most lines of a batch, whatever the rate. */
    static final int BATCH_LINES_MAX = 1_000;

    /** Below the largest batch, a batch is what may be sent in this part of a second. */
    private static final int BATCHES_PER_SECOND = 10;

    private static final long UNLIMITED = 0;

    private final long eventsPerSecond;
    private final LongSupplier nanoClock;
    private long dueNanos;
    private boolean started;

    private Pace(long eventsPerSecond, LongSupplier nanoClock) {
        this.eventsPerSecond = eventsPerSecond;
        this.nanoClock = nanoClock;
    }

    static Pace unlimited() {
        return new Pace(UNLIMITED, System::nanoTime);
    }

    static Pace of(long eventsPerSecond) {
        return of(eventsPerSecond, System::nanoTime);
    }

    static Pace of(long eventsPerSecond, LongSupplier nanoClock) {
        if (eventsPerSecond < 1) {
            throw new IllegalArgumentException("a rate is 1 or more, not " + eventsPerSecond);
        }
        return new Pace(eventsPerSecond, nanoClock);
    }

    /** How many lines a batch should have, so that the stream flows evenly. */
    int batchLines() {
        return eventsPerSecond == UNLIMITED
                ? BATCH_LINES_MAX
                : Math.clamp(eventsPerSecond / BATCHES_PER_SECOND, 1, BATCH_LINES_MAX);
    }

    /** Blocks until more events may be sent, now that these were. */
    void keep(long events) {
        long wait = waitNanos(events);
        if (wait > 0) {
            try {
                TimeUnit.NANOSECONDS.sleep(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new MillraceException("interrupted while keeping the rate", e);
            }
        }
    }

    /** How long {@link #keep} would wait. */
    long waitNanos(long events) {
        if (eventsPerSecond == UNLIMITED) {
            return 0;
        }
        long now = nanoClock.getAsLong();
        long from =
                started
                        ? Math.max(dueNanos, now - TimeUnit.SECONDS.toNanos(1) / BATCHES_PER_SECOND)
                        : now;
        started = true;
        dueNanos = from + events * TimeUnit.SECONDS.toNanos(1) / eventsPerSecond;
        return Math.max(0, dueNanos - now);
    }
}
