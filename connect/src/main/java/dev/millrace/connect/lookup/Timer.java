package dev.millrace.connect.lookup;

import java.time.Duration;
import java.time.InstantSource;

/** Time and threads, as a lookup needs them. */
public interface Timer extends InstantSource {
    /** Never falls; only differences mean something. */
    long nanos();

    /** Runs a task that may block, soon, on a thread of its own. */
    void start(Runnable task);

    /** As {@link #start}, after a while. */
    void startAfter(Duration delay, Runnable task);
}
