package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;
import dev.millrace.server.http.HttpLimits;

import org.jline.utils.Signals;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Ends the process on SIGTERM and SIGINT: drains what runs, then exits with 0 if all of it was
 * done, else with 1. A second signal, or a drain that takes longer than {@link #LIMIT}, exits with
 * 1 at once, whatever still hangs.
 *
 * <p>The signals are handled here because a JVM left to itself would exit with 143 or 130, and
 * would not hear a second one.
 */
final class Shutdown {
    /** The longest that a server may take to drain. */
    static final Duration LIMIT = HttpLimits.STOP_TIMEOUT;

    private static final System.Logger LOG = System.getLogger(Shutdown.class.getName());

    private Shutdown() {}

    /**
     * Has the first signal run {@code drain} and end the process.
     *
     * @param drain says whether all was drained
     */
    static void onSignal(BooleanSupplier drain) {
        AtomicBoolean begun = new AtomicBoolean();
        for (String signal : new String[] {"TERM", "INT"}) {
            Signals.register(
                    signal,
                    () -> {
                        boolean first = begun.compareAndSet(false, true);
                        Runtime.getRuntime().halt(first ? end(drain) : MillraceCommand.FAILED);
                    });
        }
    }

    private static int end(BooleanSupplier drain) {
        LOG.log(System.Logger.Level.INFO, "ending; a second signal ends at once");
        CountDownLatch closed = new CountDownLatch(1);
        AtomicBoolean well = new AtomicBoolean();
        Thread.ofPlatform()
                .name("shutdown")
                .start(() -> {
                    try {
                        well.set(drain.getAsBoolean());
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
