package dev.millrace.engine;

import dev.millrace.core.port.Failpoint;
import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.Storage;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.port.StorageFullException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that appends to the journals. All requests that wait share one synced write (group
 * commit); then they are published to their partitions in the order of their offsets, and answered.
 * While one write is being synced the next group gathers, so that the rate of syncs, not their
 * number, bounds the rate of requests.
 *
 * <p>After a failed write nothing is acknowledged any more, but for one that failed for lack of
 * room: that refuses its own group, and the next may do.
 */
final class JournalWriter {
    static final int QUEUE_REQUESTS = 4096;
    static final int GROUP_REQUESTS = 4096;
    static final long GROUP_BYTES = 16L << 20;

    private final Storage storage;
    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE_REQUESTS);
    private final Thread thread;
    private volatile boolean closing;
    private volatile Optional<String> failure = Optional.empty();

    /** What a request waits for. */
    enum Appended {
        /** It is on disk and on its way to the partitions. */
        DURABLE,
        /** The pipeline changed since the request was read; nothing was written. */
        STALE,
        /** The pipeline is gone; nothing was written. */
        GONE
    }

    private record Entry(
            PipelineJournal journal, JournalRequest request, CompletableFuture<Appended> done) {}

    JournalWriter(Storage storage) {
        this.storage = storage;
        this.thread = Thread.ofPlatform().name("millrace-journal").start(this::run);
    }

    /** Why nothing can be written now, or any more; empty while all is well. */
    Optional<String> trouble() {
        return failure.or(() -> storage.room().shortage());
    }

    /**
     * Appends a record and waits until it is durable.
     *
     * @throws StorageException if it cannot be written; whether it was is unknown then
     */
    Appended append(PipelineJournal journal, JournalRequest request) {
        CompletableFuture<Appended> done = new CompletableFuture<>();
        try {
            refuseIfDown();
            queue.put(new Entry(journal, request, done));
            if (!thread.isAlive()) {
                failWaiting(new StorageException("the journal is closed"));
            }
            return done.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException("interrupted while waiting for the journal", interrupted);
        } catch (ExecutionException failed) {
            throw StorageException.of(failed);
        }
    }

    private void refuseIfDown() {
        failure.ifPresent(reason -> {
            throw new StorageException(reason);
        });
        if (closing) {
            throw new StorageException("the server is stopping");
        }
    }

    private void run() {
        List<Entry> group = new ArrayList<>();
        while (!(closing && queue.isEmpty())) {
            try {
                Entry first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    group.add(first);
                    gather(group);
                    write(group);
                }
            } catch (InterruptedException interrupted) {
                closing = true;
            } finally {
                group.clear();
            }
        }
        failWaiting(new StorageException("the server is stopping"));
    }

    private void gather(List<Entry> group) {
        long bytes = group.getFirst().request().record().length;
        while (group.size() < GROUP_REQUESTS && bytes < GROUP_BYTES) {
            Entry next = queue.poll();
            if (next == null) {
                return;
            }
            group.add(next);
            bytes += next.request().record().length;
        }
    }

    /** Whatever goes wrong, nobody is left waiting, and nothing is acknowledged from then on. */
    private void write(List<Entry> group) {
        List<Entry> written = new ArrayList<>(group.size());
        try {
            refuseIfFailed();
            List<JournalAppend> appends = new ArrayList<>(group.size());
            for (Entry entry : group) {
                if (entry.journal().isGone()) {
                    entry.done().complete(Appended.GONE);
                } else if (!entry.journal().isCurrent(entry.request())) {
                    entry.done().complete(Appended.STALE);
                } else {
                    appends.add(entry.journal().sequence(entry.request()));
                    written.add(entry);
                }
            }
            if (!appends.isEmpty()) {
                Failpoint.JOURNAL_APPEND.reach();
                storage.append(appends);
                Failpoint.JOURNAL_SYNCED.reach();
            }
            for (int i = 0; i < written.size(); i++) {
                Entry entry = written.get(i);
                entry.journal().publish(entry.request(), appends.get(i).offset());
                Failpoint.JOURNAL_PUBLISHED.reach();
                entry.done().complete(Appended.DURABLE);
            }
        } catch (StorageFullException full) {
            written.forEach(entry -> entry.journal().takeBack());
            group.forEach(entry -> entry.done().completeExceptionally(full));
        } catch (Throwable broken) {
            if (failure.isEmpty()) {
                failure = Optional.of("the journal cannot be written: " + broken.getMessage());
            }
            group.forEach(entry -> entry.done().completeExceptionally(broken));
        }
    }

    private void refuseIfFailed() {
        failure.ifPresent(reason -> {
            throw new StorageException(reason);
        });
    }

    private void failWaiting(StorageException reason) {
        for (Entry entry = queue.poll(); entry != null; entry = queue.poll()) {
            entry.done().completeExceptionally(reason);
        }
    }

    /**
     * Writes what waits, then stops.
     *
     * @return false if it did not come to that in time
     */
    boolean close(Duration patience) {
        closing = true;
        try {
            return thread.join(patience);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
