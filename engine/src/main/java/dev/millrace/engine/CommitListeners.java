package dev.millrace.engine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Those who hear of the commits of one pipeline. Safe for use by many threads. */
final class CommitListeners {
    static final int MAX = 1_000;

    private final List<CommitListener> listeners = new CopyOnWriteArrayList<>();

    /**
     * @throws IllegalStateException if there are {@link #MAX} already
     */
    synchronized void add(CommitListener listener) {
        if (listeners.size() >= MAX) {
            throw new IllegalStateException(
                    "%,d listeners hear of the commits of a pipeline at most".formatted(MAX));
        }
        listeners.add(listener);
    }

    void remove(CommitListener listener) {
        listeners.remove(listener);
    }

    /**
     * @param commit made only if somebody listens
     */
    void tell(Supplier<CommittedRows> commit) {
        if (listeners.isEmpty()) {
            return;
        }
        CommittedRows rows = commit.get();
        for (CommitListener listener : listeners) {
            try {
                listener.committed(rows);
            } catch (RuntimeException broken) {
                System.getLogger(CommitListeners.class.getName())
                        .log(System.Logger.Level.WARNING, "a listener to commits failed", broken);
            }
        }
    }
}
