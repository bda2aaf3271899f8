package dev.millrace.server.demo;

import dev.millrace.core.MillraceException;
import dev.millrace.server.client.Batch;
import dev.millrace.server.client.EventSender;
import dev.millrace.server.client.Receipt;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends {@link WebTraffic} to a server at the pace of the clock, on a thread of its own. If the
 * server is slower than the traffic, the traffic slows down with it.
 */
public final class TrafficSender implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(100);

    /** Time beyond this that a step is late by is left out, so that no flood follows a pause. */
    private static final Duration STEP_MAX = Duration.ofSeconds(1);

    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(2);
    private static final int BATCH_LINES_MAX = 1_000;

    private final WebTraffic traffic;
    private final EventSender sender;
    private final InstantSource clock;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable MillraceException failure;
    private volatile Receipt taken = Receipt.NONE;
    private long linesSent;

    private TrafficSender(WebTraffic traffic, EventSender sender, InstantSource clock) {
        this.traffic = traffic;
        this.sender = sender;
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("demo-traffic").unstarted(this::run);
    }

    /** Begins to send. */
    public static TrafficSender start(WebTraffic traffic, EventSender sender, InstantSource clock) {
        TrafficSender started = new TrafficSender(traffic, sender, clock);
        started.thread.start();
        return started;
    }

    /** What the server has taken so far. */
    public Receipt taken() {
        return taken;
    }

    /** Why sending ended, if it ended by itself; null while it goes on. */
    public @Nullable MillraceException failure() {
        return failure;
    }

    private void run() {
        try {
            Instant done = clock.instant();
            while (!closed) {
                LockSupport.parkNanos(TICK.toNanos());
                Instant now = clock.instant();
                Duration step = Duration.between(done, now);
                if (step.isPositive()) {
                    send(traffic.next(step.compareTo(STEP_MAX) < 0 ? step : STEP_MAX, now));
                }
                done = now;
            }
        } catch (MillraceException e) {
            if (!closed) {
                failure = e;
            }
        }
    }

    private void send(List<byte[]> events) {
        for (int from = 0; from < events.size() && !closed; from += BATCH_LINES_MAX) {
            List<byte[]> part =
                    events.subList(from, Math.min(from + BATCH_LINES_MAX, events.size()));
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (byte[] event : part) {
                body.writeBytes(event);
                body.write('\n');
            }
            Batch batch = new Batch(body.toByteArray(), body.size(), "traffic", linesSent + 1);
            taken = taken.plus(sender.send(batch));
            linesSent += part.size();
        }
    }

    /** Ends sending; waits a moment for a batch that is out. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(JOIN_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
