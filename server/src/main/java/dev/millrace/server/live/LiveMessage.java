package dev.millrace.server.live;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One or more events of a stream, ready to be sent, shared by all who hold it: the readers that it
 * waits for, and the history of its feed. Its bytes count as buffered until the last lets go.
 * Thread-safe.
 */
final class LiveMessage {
    private final LiveBudget budget;
    private final byte[] bytes;
    private final long id;
    private final AtomicInteger holders = new AtomicInteger(1);

    /**
     * Held by who makes it.
     *
     * @param bytes not changed any more
     * @param id that a reader which has got it may come back with; {@link LiveEvents#NO_ID}: none
     */
    LiveMessage(LiveBudget budget, byte[] bytes, long id) {
        this.budget = budget;
        this.bytes = bytes;
        this.id = id;
        budget.buffer(bytes.length);
    }

    byte[] bytes() {
        return bytes;
    }

    long id() {
        return id;
    }

    void hold() {
        holders.incrementAndGet();
    }

    void letGo() {
        if (holders.decrementAndGet() == 0) {
            budget.buffer(-bytes.length);
        }
    }
}
