package dev.millrace.core.port;

import java.util.List;

/**
 * Durable storage of all pipelines of one process. Safe for use by many threads.
 *
 * <p>After a write has failed, every further write fails too, until the storage is opened again:
 * whether the failed one is on disk is unknown, and nothing may be acknowledged on top of it. Reads
 * go on.
 *
 * <p>Lack of room is no such failure. While it lasts, what would take in more is refused with
 * {@link StorageFullException}, and commits wait; then both go on.
 */
public interface Storage extends AutoCloseable {
    /** The pipelines that are there, by name. */
    List<PipelineStore> pipelines();

    /**
     * Makes an empty pipeline, synced.
     *
     * @throws IllegalArgumentException if there is one of that name
     * @throws StorageFullException if there is no room
     * @throws StorageException if it cannot be written
     */
    PipelineStore create(String pipeline, PipelineVersion first);

    /**
     * Removes a pipeline with all it holds.
     *
     * @throws StorageException if it cannot be written
     */
    void drop(PipelineStore pipeline);

    /**
     * Appends records to journals, all in one synced write, together with what belongs to them.
     * When it returns, all of it survives a crash of the process and of the machine.
     *
     * @throws IllegalArgumentException if an offset is not higher than all before it; nothing is
     *     written then
     * @throws StorageFullException if there is no room; none of it is there as long as the process
     *     runs, and its offsets may be left out. None or all may be found after a restart.
     * @throws StorageException if it cannot be written; then none or all of it may be found after a
     *     restart
     */
    void append(List<JournalAppend> appends);

    /** Bytes on disk. */
    long sizeBytes();

    /** False once a write has failed, but for lack of room. */
    boolean healthy();

    /** Cheap enough to be asked for every request. */
    StorageRoom room();

    /** Waits for the calls under way and releases the storage. What was written stays. */
    @Override
    void close();
}
