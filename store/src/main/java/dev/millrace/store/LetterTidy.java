package dev.millrace.store;

import dev.millrace.core.port.StorageException;

import org.rocksdb.ColumnFamilyHandle;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sees that removed letters leave nothing behind that slows down a listing. RocksDB keeps a mark
 * for each until a compaction comes by, and a listing passes over all of them; so once there are
 * many, this pipeline's letters and their index are compacted, by a thread of its own, one at a
 * time. Not while the disk is short of room, which a compaction needs. Safe for use by many
 * threads.
 */
final class LetterTidy {
    /** Letters that are removed between two compactions; passing over them takes milliseconds. */
    static final int REMOVED = 100_000;

    private static final System.Logger LOG = System.getLogger(LetterTidy.class.getName());

    private final Database database;
    private final int pipeline;
    private final Gate gate;
    private final int often;
    private final AtomicLong removed = new AtomicLong();
    private final AtomicBoolean running = new AtomicBoolean();

    /**
     * @param gate of the pipeline, which stays open while this is at work
     */
    LetterTidy(Database database, int pipeline, Gate gate, int often) {
        this.database = database;
        this.pipeline = pipeline;
        this.gate = gate;
        this.often = often;
    }

    /** To be called when removals were written. */
    void removed(long letters) {
        if (removed.addAndGet(letters) >= often && running.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("millrace-tidy-" + pipeline).start(this::compact);
        }
    }

    private void compact() {
        try (var _ = gate.enter()) {
            removed.set(0);
            if (database.room().shortage().isPresent()) {
                return;
            }
            byte[] from = Keys.pipeline(pipeline);
            for (ColumnFamilyHandle family : List.of(database.letterIndex(), database.letters())) {
                database.compact(family, from, Keys.endOf(from));
            }
        } catch (StorageException failed) {
            LOG.log(System.Logger.Level.INFO, "removed dead letters were not tidied up", failed);
        } finally {
            running.set(false);
        }
    }
}
