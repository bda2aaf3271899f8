package dev.millrace.core.port;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one pipeline keeps. Reads see whole commits only, and what a visitor is handed is of one
 * moment, whatever is written meanwhile. Safe for use by many threads. Once the pipeline is dropped
 * or the storage closed, every call throws {@link StorageException}.
 */
public interface PipelineStore extends WindowRows, LetterStore {
    String pipeline();

    /**
     * Who this is to other systems: the same as long as the pipeline is there, and no other
     * pipeline ever has it, in whatever data directory, unless somebody has copied this one's
     * files. One that is restored from a backup has an id of its own.
     */
    String identity();

    /** All versions, the oldest first; at least one. */
    List<PipelineVersion> versions();

    /** The newest checkpoint, as it was committed; empty before the first. */
    Optional<byte[]> checkpoint();

    /** The newest value of a note; empty if there is none. */
    Optional<byte[]> note(String key);

    /** Hands over the notes whose key begins with {@code prefix}, in order of their keys. */
    void notes(String prefix, NoteVisitor visitor);

    /**
     * Hands over the journal from the record that holds offset {@code from} or begins after it, in
     * order of offsets.
     *
     * @throws StorageException if it cannot be read or is damaged
     */
    void readJournal(long from, JournalVisitor visitor);

    /** The offset of the oldest record that is kept. */
    OptionalLong journalStart();

    /**
     * Hands over the dedupe blocks of a partition whose {@code lastReceivedAtMs} is at least {@code
     * notBeforeMs}, oldest first.
     */
    void readDedupe(int partition, long notBeforeMs, DedupeVisitor visitor);

    /**
     * Hands over the outbox of a sink from the entry that begins last at or before {@code from}, or
     * else from the first one after it, in order of positions.
     *
     * @param sink its name
     */
    void readOutbox(String sink, long from, OutboxVisitor visitor);

    /**
     * Writes a commit: all of it in one synced write. Waits while there is no room.
     *
     * <p>A letter that is put and was there already counts once; removing one that is not there
     * does nothing.
     *
     * @throws StorageException if it cannot be written; then none or all of it may be found after a
     *     restart
     */
    void commit(Commit commit);

    /**
     * Trims the journal by whole files, so more may stay than is asked for: records received before
     * {@code notBeforeMs}, and the oldest as long as the journal is larger than {@code maxBytes},
     * but nothing at or above {@code below}.
     */
    void trimJournal(long below, long notBeforeMs, long maxBytes);

    /** Receives notes. */
    @FunctionalInterface
    interface NoteVisitor {
        void note(String key, byte[] value);
    }

    /** Receives journal records. */
    @FunctionalInterface
    interface JournalVisitor {
        /** Return false to stop. */
        boolean record(long offset, byte[] record);
    }

    /** Receives entries of an outbox. */
    @FunctionalInterface
    interface OutboxVisitor {
        /** Return false to stop. */
        boolean entry(long position, byte[] entry);
    }

    /** Receives dedupe blocks. */
    @FunctionalInterface
    interface DedupeVisitor {
        void block(DedupeBlock block);
    }
}
