package dev.millrace.store;

import dev.millrace.core.Bound;

import java.util.List;

/**
 * How much the storage may use.
 *
 * @param blockCacheBytes native memory for blocks, indexes and filters that are read again
 * @param writeBufferBytes native memory for what is in the write-ahead log and not yet in a table;
 *     while it is not needed, the block cache has it
 * @param walBytesMax size of the write-ahead log at which the oldest of it is moved to tables. It
 *     bounds what has to be read after a crash: a pipeline that is idle would otherwise keep a log
 *     alive for ever. Half as much again can be there for moments.
 * @param openFilesMax table files held open at once
 * @param backgroundJobs threads that flush and compact
 * @param unsafeNoSync true to answer before a write is on disk: a crash of the machine then loses
 *     writes that were acknowledged. For measuring what the sync costs, and for nothing else.
 */
public record StoreOptions(
        long blockCacheBytes,
        long writeBufferBytes,
        long walBytesMax,
        int openFilesMax,
        int backgroundJobs,
        boolean unsafeNoSync) {
    private static final long MIB = 1L << 20;
    private static final StoreOptions DEFAULTS =
            new StoreOptions(64 * MIB, 128 * MIB, 256 * MIB, 1_000, 2, false);

    public StoreOptions {
        atLeast("blockCacheBytes", blockCacheBytes, MIB);
        atLeast("writeBufferBytes", writeBufferBytes, MIB);
        atLeast("walBytesMax", walBytesMax, MIB);
        atLeast("openFilesMax", openFilesMax, 64);
        atLeast("backgroundJobs", backgroundJobs, 1);
    }

    /** For two cores and a process of some hundred MiB. */
    public static StoreOptions defaults() {
        return DEFAULTS;
    }

    public StoreOptions withMemory(long newBlockCacheBytes, long newWriteBufferBytes) {
        return new StoreOptions(
                newBlockCacheBytes,
                newWriteBufferBytes,
                walBytesMax,
                openFilesMax,
                backgroundJobs,
                unsafeNoSync);
    }

    public StoreOptions withWalBytesMax(long bytes) {
        return new StoreOptions(
                blockCacheBytes,
                writeBufferBytes,
                bytes,
                openFilesMax,
                backgroundJobs,
                unsafeNoSync);
    }

    /**
     * For a disk of {@code diskBytes}: what is not yet in tables, in memory and in the write-ahead
     * log, is kept small beside it.
     */
    StoreOptions fitting(long diskBytes) {
        return withMemory(
                        blockCacheBytes, Math.max(MIB, Math.min(writeBufferBytes, diskBytes / 32)))
                .withWalBytesMax(Math.max(MIB, Math.min(walBytesMax, diskBytes / 16)));
    }

    public StoreOptions withUnsafeNoSync() {
        return new StoreOptions(
                blockCacheBytes, writeBufferBytes, walBytesMax, openFilesMax, backgroundJobs, true);
    }

    /** For operators. */
    public List<Bound> bounds() {
        return List.of(
                new Bound(
                        "storage.blockCacheBytes",
                        blockCacheBytes,
                        "bytes",
                        "native memory for what is read again"),
                new Bound(
                        "storage.writeBufferBytes",
                        writeBufferBytes,
                        "bytes",
                        "native memory for what is not yet in a table"),
                new Bound(
                        "storage.walBytes",
                        walBytesMax,
                        "bytes",
                        "the write-ahead log, which is read at a start; half as much again for"
                                + " moments"),
                new Bound("storage.openFiles", openFilesMax, "files", "table files held open"),
                new Bound(
                        "storage.letterCauses",
                        LetterTally.CAUSES,
                        "causes",
                        "causes of a pipeline's dead letters that are counted each by itself"),
                new Bound(
                        "storage.letterSources",
                        LetterTally.SOURCES,
                        "sources",
                        "sources of dead letters, likewise"),
                new Bound(
                        "storage.backgroundJobs",
                        backgroundJobs,
                        "threads",
                        "threads that flush and compact"));
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", but must be at least " + least);
        }
    }
}
