package dev.millrace.engine;

import dev.millrace.core.handler.Handled;
import dev.millrace.core.handler.Handler;
import dev.millrace.core.handler.HandlerCall;
import dev.millrace.core.handler.HandlerContext;
import dev.millrace.core.handler.HandlerFailure;
import dev.millrace.core.handler.PlainEvent;
import dev.millrace.core.pipeline.Stage;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;

/**
 * Calls one stage's handler on the partition's own thread, under the eyes of a {@link CallWatch},
 * which interrupts that thread when an attempt takes longer than the stage allows. A handler that
 * ignores the interrupt is waited for: nothing can end it, and the partition's events have an
 * order.
 *
 * <p>Called by the partition's thread; {@link #interruptIfOverdue} and {@link #openNanos} by any.
 */
final class WatchedCall implements HandlerCall {
    private final String pipeline;
    private final Stage.Handle stage;
    private final Handler handler;
    private final CallWatch watch;
    private final HostClock clock;
    private final long timeoutNanos;

    /** When the event at hand came; of no meaning while there is none. */
    private volatile long openedNanos;

    /** The thread that an attempt occupies; null between attempts. Guarded by this, as the next. */
    private @Nullable Thread occupied;

    private long attemptNanos;
    private boolean overdue;

    WatchedCall(
            String pipeline,
            Stage.Handle stage,
            Handler handler,
            CallWatch watch,
            HostClock clock) {
        this.pipeline = pipeline;
        this.stage = stage;
        this.handler = handler;
        this.watch = watch;
        this.clock = clock;
        this.timeoutNanos = stage.timeout().toNanos();
    }

    String pipeline() {
        return pipeline;
    }

    String stage() {
        return stage.name();
    }

    @Override
    public @Nullable Handled call(PlainEvent event) throws HandlerFailure {
        openedNanos = clock.nanos();
        watch.opened(this);
        try {
            return tryAll(event);
        } finally {
            watch.closed(this);
        }
    }

    private @Nullable Handled tryAll(PlainEvent event) throws HandlerFailure {
        for (int attempt = 1; ; attempt++) {
            try {
                return tryOnce(event, new HandlerContext(pipeline, stage.name(), attempt));
            } catch (HandlerFailure failure) {
                if (attempt >= stage.retry().attempts() || watch.isEnded()) {
                    throw failure;
                }
                pause(attempt * stage.retry().backoff().toNanos());
            }
        }
    }

    private @Nullable Handled tryOnce(PlainEvent event, HandlerContext context)
            throws HandlerFailure {
        occupy();
        Handled handled = null;
        Throwable thrown = null;
        try {
            handled = handler.handle(event, context);
        } catch (OutOfMemoryError | InternalError fatal) {
            boolean _ = release();
            throw fatal;
        } catch (Throwable broken) {
            thrown = broken;
        }
        if (release()) {
            throw new HandlerFailure(
                    "timeout",
                    "the handler took longer than %d ms"
                            .formatted(TimeUnit.NANOSECONDS.toMillis(timeoutNanos)));
        }
        if (thrown != null) {
            throw new HandlerFailure("handler-failed", HandlerFaults.describe(thrown));
        }
        return handled;
    }

    private synchronized void occupy() {
        occupied = Thread.currentThread();
        attemptNanos = clock.nanos();
        overdue = false;
    }

    /** Whether the attempt was overdue. Clears the interrupt, so that it meets nobody else. */
    private synchronized boolean release() {
        occupied = null;
        if (!watch.isEnded()) {
            boolean _ = Thread.interrupted();
        }
        return overdue;
    }

    synchronized void interruptIfOverdue(long nowNanos) {
        if (occupied != null && !overdue && nowNanos - attemptNanos > timeoutNanos) {
            overdue = true;
            occupied.interrupt();
        }
    }

    /** How long the event at hand, with all its attempts, has taken by now. */
    long openNanos(long nowNanos) {
        return nowNanos - openedNanos;
    }

    private static void pause(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
