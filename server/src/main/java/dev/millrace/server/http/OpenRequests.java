package dev.millrace.server.http;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The requests that are under way. Once the server stops, those go on to their answers, and further
 * ones get a 503 that ends their connection. Safe for use by many threads.
 */
final class OpenRequests implements Filter {
    private static final Handler STOPPING =
            Problems.guard((_, response) -> {
                response.header(HeaderValues.CONNECTION_CLOSE);
                throw new Refusal(ProblemType.STORAGE_UNAVAILABLE, "The server is stopping.");
            });

    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean ended;

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (!enter()) {
            refuse(request, response);
            return;
        }
        try {
            chain.proceed();
        } finally {
            leave();
        }
    }

    private static void refuse(RoutingRequest request, RoutingResponse response) {
        try {
            STOPPING.handle(request, response);
        } catch (RuntimeException thrown) {
            throw thrown;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Counts first and asks then, so that who ends either is seen to have ended, or waits. */
    private boolean enter() {
        running.incrementAndGet();
        if (ended) {
            leave();
            return false;
        }
        return true;
    }

    private void leave() {
        if (running.decrementAndGet() == 0 && ended) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** Lets no further request in, and waits for those under way, but not longer than that. */
    synchronized void end(Duration patience) {
        ended = true;
        long endNanos = System.nanoTime() + patience.toNanos();
        try {
            for (long left = patience.toNanos();
                    running.get() > 0 && left > 0;
                    left = endNanos - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
