package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;

import org.jline.utils.Signals;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends the process on SIGTERM and SIGINT: closes what runs, then exits with 0. A second signal, or
 * a close that takes longer than {@link #LIMIT}, exits with 1 at once.
 *
 * <p>The signals are handled here because a JVM left to itself would exit with 143 or 130, and
 * would not hear a second one.
 */
final class Shutdown {
    /** The longest that a server may take to drain. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    private static final System.Logger LOG = System.getLogger(Shutdown.class.getName());

    private Shutdown() {}

    /** Has the first signal run {@code close} and end the process. */
    static void onSignal(Runnable close) {
        AtomicBoolean begun = new AtomicBoolean();
        for (String signal : new String[] {"TERM", "INT"}) {
            Signals.register(
                    signal,
                    () -> {
                        boolean first = begun.compareAndSet(false, true);
                        Runtime.getRuntime().halt(first ? end(close) : MillraceCommand.FAILED);
                    });
        }
    }

    private static int end(Runnable close) {
        LOG.log(System.Logger.Level.INFO, "ending; a second signal ends at once");
        CountDownLatch closed = new CountDownLatch(1);
        AtomicBoolean well = new AtomicBoolean();
        Thread.ofPlatform()
                .name("shutdown")
                .start(() -> {
                    try {
                        close.run();
                        well.set(true);
                    } finally {
                        closed.countDown();
                    }
                });
        try {
            if (!closed.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "not drained within {0} seconds; what was accepted is safe on disk",
                        LIMIT.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return well.get() ? MillraceCommand.DONE : MillraceCommand.FAILED;
    }

    /** Blocks for ever; the process ends by a signal. */
    static int await() {
        try {
            new CountDownLatch(1).await();
            return MillraceCommand.DONE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException("interrupted while the server was running", e);
        }
    }
}
