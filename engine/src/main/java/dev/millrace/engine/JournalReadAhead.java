package dev.millrace.engine;

import dev.millrace.core.event.EventBatch;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.StorageException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads a journal ahead of who works on it: one thread reads, several decode, and the records come
 * out in the order of their offsets, on the caller's thread. At most {@link #BYTES} of records, as
 * they are once decoded, are ahead, and one record however large it is.
 *
 * <p>Used once, by one thread.
 */
final class JournalReadAhead {
    static final long BYTES = 64L << 20;

    /** Records are decoded in groups of so many bytes, as handing one on costs more than a few. */
    private static final int GROUP_BYTES = 256 << 10;

    /** What a record takes besides its bytes. */
    private static final int RECORD_BYTES = 64;

    private static final int UNIT_BYTES = 1 << 10;
    private static final int UNITS = (int) (BYTES / UNIT_BYTES);
    private static final int GROUPS = (int) (BYTES / GROUP_BYTES);

    private final PipelineStore store;
    private final Executor decoders;
    private final Function<JournalRecord, @Nullable EventBatch> reading;
    private final Semaphore room = new Semaphore(UNITS);
    private final BlockingQueue<Group> groups = new ArrayBlockingQueue<>(GROUPS);
    private List<Stored> gathered = new ArrayList<>();
    private long gatheredBytes;

    /**
     * A record and, if it has any, its events.
     *
     * @param batch null if it has none
     */
    record Read(long offset, JournalRecord record, @Nullable EventBatch batch) {}

    private record Stored(long offset, byte[] bytes) {}

    /**
     * Records that are decoded together.
     *
     * @param units of the room that they take
     * @param records empty at the end of the journal
     */
    private record Group(int units, CompletableFuture<List<Read>> records) {}

    /**
     * @param reading gives the events of a record, null if it has none; on any thread
     */
    JournalReadAhead(
            PipelineStore store,
            Executor decoders,
            Function<JournalRecord, @Nullable EventBatch> reading) {
        this.store = store;
        this.decoders = decoders;
        this.reading = reading;
    }

    /**
     * Hands over the journal from the record that holds {@code from} or begins after it.
     *
     * @throws RuntimeException that the store, the decoding or {@code taker} threw; nothing is read
     *     any more then
     */
    void read(long from, Consumer<Read> taker) {
        Thread reader =
                Thread.ofPlatform().name("millrace-read-ahead").start(() -> readStore(from));
        try {
            for (List<Read> records = next(); !records.isEmpty(); records = next()) {
                records.forEach(taker);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException("interrupted while the journal was read", interrupted);
        } finally {
            end(reader);
        }
    }

    private List<Read> next() throws InterruptedException {
        Group group = groups.take();
        try {
            return group.records.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException cause
                    ? cause
                    : StorageException.of(failed);
        } finally {
            room.release(group.units);
        }
    }

    /** The store must not be read any more when it is closed. */
    private static void end(Thread reader) {
        reader.interrupt();
        boolean interrupted = false;
        while (reader.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void readStore(long from) {
        try {
            try {
                store.readJournal(from, this::gather);
                hand();
                groups.put(new Group(0, CompletableFuture.completedFuture(List.of())));
            } catch (RuntimeException | Error broken) {
                groups.put(new Group(0, CompletableFuture.failedFuture(broken)));
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean gather(long offset, byte[] bytes) {
        gathered.add(new Stored(offset, bytes));
        gatheredBytes += JournalCodec.decodedBytes(bytes) + RECORD_BYTES;
        if (gatheredBytes >= GROUP_BYTES) {
            try {
                hand();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private void hand() throws InterruptedException {
        if (gathered.isEmpty()) {
            return;
        }
        List<Stored> records = gathered;
        int units = (int) Math.min(UNITS, gatheredBytes / UNIT_BYTES);
        gathered = new ArrayList<>();
        gatheredBytes = 0;
        room.acquire(units);
        groups.put(
                new Group(
                        units, CompletableFuture.supplyAsync(() -> decodeAll(records), decoders)));
    }

    private List<Read> decodeAll(List<Stored> records) {
        return records.stream().map(this::decode).toList();
    }

    private Read decode(Stored stored) {
        JournalRecord record = JournalCodec.decode(stored.offset, stored.bytes);
        return new Read(stored.offset, record, reading.apply(record));
    }
}
