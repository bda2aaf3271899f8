package dev.millrace.server.live;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * One reader of a stream, and what waits for it. The hub's thread puts messages there and never
 * waits; the thread of the reader's connection writes them. One that does not keep up is cut off.
 */
public final class LiveReader implements AutoCloseable {
    /** What is handed to the connection at once, so that a stuck one holds no more of its own. */
    private static final int SLICE_BYTES = 64 << 10;

    private final LiveLimits limits;
    private final LiveBudget budget;
    private final Runnable onClose;
    private final Queue<LiveMessage> waiting = new ArrayDeque<>();
    private @Nullable LiveMessage first;
    private long waitingBytes;
    private long progressNanos;
    private @Nullable Thread writer;
    private boolean ended;
    private boolean cutOff;
    private boolean closed;

    /**
     * @param onClose called once, when it is closed
     */
    LiveReader(LiveLimits limits, LiveBudget budget, Runnable onClose) {
        this.limits = limits;
        this.budget = budget;
        this.onClose = onClose;
    }

    /** Puts the message with which the stream begins, however large it is. */
    synchronized void begin(LiveMessage message, long nowNanos) {
        first = message;
        put(message, nowNanos);
    }

    /**
     * Puts a message there, unless too much waits already; then the reader is cut off.
     *
     * @return whether the reader is still there
     */
    synchronized boolean offer(LiveMessage message, long nowNanos) {
        if (isGone()) {
            return false;
        }
        int length = message.bytes().length;
        if (waitingBytes + length > limits.readerBytes() && !waiting.isEmpty()) {
            cutOff();
            return false;
        }
        waitingBytes += length;
        put(message, nowNanos);
        return true;
    }

    private void put(LiveMessage message, long nowNanos) {
        if (isGone()) {
            return;
        }
        if (waiting.isEmpty()) {
            progressNanos = nowNanos;
        }
        message.hold();
        waiting.add(message);
        notifyAll();
    }

    /** Cuts it off if it has taken nothing for too long of what waits for it. */
    synchronized boolean cutOffIfStuck(long nowNanos) {
        boolean stuck =
                !isGone()
                        && !waiting.isEmpty()
                        && nowNanos - progressNanos > limits.patience().toNanos();
        if (stuck) {
            cutOff();
        }
        return stuck;
    }

    /** Cuts it off if anything waits for it. */
    synchronized boolean cutOffIfBehind() {
        boolean behind = !isGone() && !waiting.isEmpty();
        if (behind) {
            cutOff();
        }
        return behind;
    }

    /** A virtual thread that is interrupted while it writes to a socket closes that. */
    private void cutOff() {
        cutOff = true;
        budget.countCutOff();
        letGoOfAll();
        if (writer != null) {
            writer.interrupt();
        }
        notifyAll();
    }

    /** Ends the stream once what waits is written. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Whether there is no use in offering it anything. */
    synchronized boolean isGone() {
        return cutOff || closed || ended;
    }

    /** Whether it was too slow. */
    public synchronized boolean isCutOff() {
        return cutOff;
    }

    /**
     * Writes the stream until it ends, or the reader is cut off. Called once, by a virtual thread.
     *
     * @throws IOException if the reader cannot be written to any more
     */
    public void writeTo(OutputStream out) throws IOException {
        enter();
        try {
            out.write(LiveEvents.RETRY);
            out.flush();
            for (LiveMessage next = next(); next != null; next = next()) {
                write(next.bytes(), out);
                written(next);
            }
        } catch (InterruptedException gone) {
            Thread.currentThread().interrupt();
        } finally {
            leave();
        }
    }

    private synchronized void enter() {
        writer = Thread.currentThread();
    }

    /** No interrupt comes after this; one that came was meant for the writing. */
    private synchronized void leave() {
        writer = null;
        if (cutOff) {
            boolean _ = Thread.interrupted();
        }
    }

    private void write(byte[] bytes, OutputStream out) throws IOException {
        for (int from = 0; from < bytes.length; from += SLICE_BYTES) {
            out.write(bytes, from, Math.min(SLICE_BYTES, bytes.length - from));
            out.flush();
            progress();
        }
    }

    private synchronized void progress() {
        progressNanos = System.nanoTime();
    }

    /** The next message, which goes on waiting until it is written; null once there is none. */
    private synchronized @Nullable LiveMessage next() throws InterruptedException {
        while (waiting.isEmpty() && !ended && !cutOff) {
            wait(TimeUnit.MINUTES.toMillis(1));
        }
        return cutOff ? null : waiting.peek();
    }

    private synchronized void written(LiveMessage message) {
        // Whoever cuts it off has let go of all.
        if (!cutOff) {
            waiting.remove();
            waitingBytes -= message == first ? 0 : message.bytes().length;
            first = null;
            message.letGo();
        }
    }

    private void letGoOfAll() {
        waiting.forEach(LiveMessage::letGo);
        waiting.clear();
        waitingBytes = 0;
    }

    /** The reader has gone, or has had all. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            letGoOfAll();
        }
        onClose.run();
    }
}
