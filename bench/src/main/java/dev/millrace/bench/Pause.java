package dev.millrace.bench;

import java.util.concurrent.locks.LockSupport;

/** Waits for a moment of {@link System#nanoTime}. */
final class Pause {
    private Pause() {}

    static void until(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
