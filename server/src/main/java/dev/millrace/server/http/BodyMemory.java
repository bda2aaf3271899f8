package dev.millrace.server.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The memory that all bodies of events take together, from the first byte read until the engine has
 * them on disk. A share is taken before its array is made. Safe for use by many threads.
 *
 * <p>Two bodies that both need more and both hold some may wait for each other; the wait is
 * bounded, and then one of them is refused.
 */
final class BodyMemory {
    /** Shares are counted in units of 1 KiB, rounded up. */
    private static final int UNIT_BITS = 10;

    private final int units;
    private final Semaphore free;
    private final long waitMs;

    BodyMemory(long bytes, Duration wait) {
        this.units = (int) Math.min(Integer.MAX_VALUE, bytes >> UNIT_BITS);
        this.free = new Semaphore(units, true);
        this.waitMs = wait.toMillis();
    }

    /** An empty share. */
    Share share() {
        return new Share();
    }

    /** Bytes that nobody has. */
    long freeBytes() {
        return (long) free.availablePermits() << UNIT_BITS;
    }

    /** One body's part of the memory. Confined to the thread of its request. */
    final class Share implements AutoCloseable {
        private int held;

        /**
         * Takes or gives back, until the share is {@code bytes}. Waits for others to give back.
         *
         * @throws Refusal if it is more than there is at all, or nobody gave enough back in time
         */
        void resize(long bytes) {
            long wanted = (bytes + (1 << UNIT_BITS) - 1) >> UNIT_BITS;
            if (wanted > units) {
                throw new Refusal(
                        ProblemType.TOO_LARGE,
                        "The body needs %d bytes of memory, and all bodies together may take %d; send less at once."
                                .formatted(bytes, (long) units << UNIT_BITS));
            }
            if (wanted <= held) {
                free.release(held - (int) wanted);
            } else {
                acquire((int) wanted - held);
            }
            held = (int) wanted;
        }

        private void acquire(int more) {
            boolean acquired = false;
            try {
                acquired = free.tryAcquire(more, waitMs, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (!acquired) {
                long total = (long) units << UNIT_BITS;
                throw Refusal.queueFull(
                        "The memory for bodies is used up by others; nothing was written.",
                        total - freeBytes(),
                        total,
                        1,
                        "bodies");
            }
        }

        /** Gives everything back. */
        @Override
        public void close() {
            free.release(held);
            held = 0;
        }
    }
}
