package dev.millrace.embed;

import dev.millrace.core.aggregate.Row;
import dev.millrace.engine.CommitListener;
import dev.millrace.engine.CommittedRows;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Tells one consumer of the rows that commits change, one call after the other, from a thread of
 * its own. Commits never wait for it: what it does not take in time is not told, and counted.
 */
public final class Subscription implements AutoCloseable {
    /** Commits that may wait for a consumer. */
    public static final int COMMITS_MAX = 64;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Function<CommittedRows, List<Row>> rowsOf;
    private final Consumer<Rows> consumer;
    private final Consumer<Subscription> onClose;
    private final CommitListener listener = this::committed;
    private final Thread thread;

    private final Deque<CommittedRows> waiting = new ArrayDeque<>();
    private long missed;
    private boolean ended;

    Subscription(
            String name,
            Function<CommittedRows, List<Row>> rowsOf,
            Consumer<Rows> consumer,
            Consumer<Subscription> onClose) {
        this.rowsOf = rowsOf;
        this.consumer = consumer;
        this.onClose = onClose;
        this.thread =
                Thread.ofPlatform().daemon().name("millrace-rows-" + name).unstarted(this::work);
    }

    CommitListener listener() {
        return listener;
    }

    void start() {
        thread.start();
    }

    private synchronized void committed(CommittedRows commit) {
        if (waiting.size() == COMMITS_MAX) {
            missed++;
        } else {
            waiting.add(commit);
            notifyAll();
        }
    }

    private void work() {
        try {
            for (CommittedRows next = next(); next != null; next = next()) {
                tell(next);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the next commit; null once there will be none. */
    private synchronized @Nullable CommittedRows next() throws InterruptedException {
        while (waiting.isEmpty() && !ended) {
            wait();
        }
        return waiting.poll();
    }

    private void tell(CommittedRows commit) {
        try {
            List<Row> rows = rowsOf.apply(commit);
            if (!rows.isEmpty()) {
                consumer.accept(new Rows(commit.revision(), takeMissed(), rows));
            }
        } catch (RuntimeException broken) {
            System.getLogger(Subscription.class.getName())
                    .log(System.Logger.Level.WARNING, thread.getName() + " failed", broken);
        }
    }

    private synchronized long takeMissed() {
        long taken = missed;
        missed = 0;
        return taken;
    }

    /**
     * Hears of no further commit, tells what it has heard of, and returns once that is done, or
     * after 5 seconds.
     */
    @Override
    public void close() {
        onClose.accept(this);
        synchronized (this) {
            ended = true;
            notifyAll();
        }
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        try {
            if (!thread.join(PATIENCE)) {
                thread.interrupt();
            }
        } catch (InterruptedException interrupted) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
