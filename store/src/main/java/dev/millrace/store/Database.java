package dev.millrace.store;

import dev.millrace.core.port.StorageException;
import dev.millrace.core.port.StorageFullException;
import dev.millrace.core.port.StorageRoom;

import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.LevelMetaData;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileMetaData;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open RocksDB with its column families, one for each kind of thing and one journal a pipeline.
 * Owns every native object that lives as long as it does. Safe for use by many threads, but nobody
 * may be inside when it is closed.
 *
 * <p>When a write, flush or compaction finds the disk full, RocksDB refuses all writes until it has
 * found room, moved its buffers to tables and begun a new log; of the write that failed nothing is
 * left then. It looks for room by itself, every five seconds. (It would not if it were told to call
 * a listener in Java about it: some of its reasons are unknown there, and a call that fails is
 * taken for a no.) After any other failure it refuses all writes for good.
 */
final class Database implements AutoCloseable {
    private static final String META = "default";
    private static final String ROWS = "rows";
    private static final String LETTERS = "letters";
    private static final String LETTER_INDEX = "letter-index";
    private static final String DEDUPE = "dedupe";
    private static final String OUTBOX = "outbox";
    private static final String JOURNAL = "journal-";
    private static final int READ_AHEAD_BYTES = 1 << 20;
    private static final long RETRY_MS = 100;

    private final Path directory;
    private final Tuning tuning;
    private final DiskRoom disk;
    private final RocksDB rocks;
    private final WriteOptions writeOptions;
    private final CompactRangeOptions compaction =
            new CompactRangeOptions()
                    .setExclusiveManualCompaction(false)
                    // Else files are only moved, with the marks of what was deleted.
                    .setBottommostLevelCompaction(BottommostLevelCompaction.kForceOptimized);
    private final ColumnFamilyHandle meta;
    private final ColumnFamilyHandle rows;
    private final ColumnFamilyHandle letters;
    private final ColumnFamilyHandle letterIndex;
    private final ColumnFamilyHandle dedupe;
    private final ColumnFamilyHandle outbox;
    private final Map<Integer, ColumnFamilyHandle> journals = new ConcurrentHashMap<>();
    private volatile boolean healthy = true;
    private volatile boolean closing;

    /** Puts together what is written at once. */
    @FunctionalInterface
    interface Staging {
        void into(WriteBatch batch) throws RocksDBException;
    }

    private Database(
            Path directory,
            Tuning tuning,
            DiskRoom disk,
            RocksDB rocks,
            Map<String, ColumnFamilyHandle> families,
            boolean unsafeNoSync) {
        this.directory = directory;
        this.tuning = tuning;
        this.disk = disk;
        this.rocks = rocks;
        this.writeOptions = new WriteOptions().setSync(!unsafeNoSync);
        this.meta = take(families, META);
        this.rows = take(families, ROWS);
        this.letters = take(families, LETTERS);
        this.letterIndex = take(families, LETTER_INDEX);
        this.dedupe = take(families, DEDUPE);
        this.outbox = take(families, OUTBOX);
        families.forEach((name, handle) ->
                journals.put(Integer.valueOf(name.substring(JOURNAL.length())), handle));
    }

    /**
     * @throws StorageException if another process has it open, or if it is damaged, of a newer
     *     format or cannot be read or written; the message names the directory or file
     */
    static Database open(Path directory, StoreOptions options) {
        boolean exists = Format.check(directory);
        WriteAheadLog.verifyAll(directory);
        RocksLibrary.load();
        DiskRoom disk = new DiskRoom(directory);
        Tuning tuning =
                new Tuning(options.fitting(disk.totalBytes()), DirectWrites.arePossible(directory));
        try {
            List<ColumnFamilyDescriptor> descriptors = families(directory, exists, tuning);
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            tuning.database().setCreateIfMissing(!exists).setCreateMissingColumnFamilies(true);
            RocksDB rocks =
                    RocksDB.open(tuning.database(), directory.toString(), descriptors, handles);
            Map<String, ColumnFamilyHandle> families = new LinkedHashMap<>();
            for (int i = 0; i < handles.size(); i++) {
                families.put(text(descriptors.get(i).getName()), handles.get(i));
            }
            return new Database(directory, tuning, disk, rocks, families, options.unsafeNoSync());
        } catch (RocksDBException failed) {
            tuning.close();
            throw cannotOpen(directory, failed);
        }
    }

    private static List<ColumnFamilyDescriptor> families(
            Path directory, boolean exists, Tuning tuning) throws RocksDBException {
        Map<String, ColumnFamilyOptions> families = new LinkedHashMap<>();
        families.put(META, tuning.meta());
        families.put(ROWS, tuning.rows());
        families.put(LETTERS, tuning.letters());
        families.put(LETTER_INDEX, tuning.letterIndex());
        families.put(DEDUPE, tuning.dedupe());
        families.put(OUTBOX, tuning.outbox());
        if (exists) {
            familiesIn(directory).forEach(name -> families.putIfAbsent(name, tuning.journal()));
        }
        return families.entrySet().stream()
                .map(it -> new ColumnFamilyDescriptor(bytes(it.getKey()), it.getValue()))
                .toList();
    }

    private static Set<String> familiesIn(Path directory) throws RocksDBException {
        Set<String> names = new LinkedHashSet<>();
        try (Options none = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(none, directory.toString())) {
                names.add(text(name));
            }
        }
        return names;
    }

    private static StorageException cannotOpen(Path directory, RocksDBException failed) {
        String message = String.valueOf(failed.getMessage());
        if (message.contains(directory.resolve("LOCK").toString())) {
            return new StorageException(
                    "the data directory "
                            + directory
                            + " is in use by another process; stop that or name another data"
                            + " directory",
                    failed);
        }
        if (isFull(failed)) {
            return new StorageException(
                    "the storage in "
                            + directory
                            + " cannot be opened, since its disk is full; make room and start"
                            + " again, nothing is lost",
                    failed);
        }
        return new StorageException(
                "the storage in "
                        + directory
                        + " cannot be opened: "
                        + message
                        + "; if it is damaged, restore a backup",
                failed);
    }

    ColumnFamilyHandle meta() {
        return meta;
    }

    ColumnFamilyHandle rows() {
        return rows;
    }

    ColumnFamilyHandle letters() {
        return letters;
    }

    ColumnFamilyHandle letterIndex() {
        return letterIndex;
    }

    ColumnFamilyHandle dedupe() {
        return dedupe;
    }

    ColumnFamilyHandle outbox() {
        return outbox;
    }

    /** The journals that are there, by their pipelines' numbers. */
    Map<Integer, ColumnFamilyHandle> journals() {
        return Map.copyOf(journals);
    }

    /** If there is no room, the number must not be used again: something of it may be there. */
    ColumnFamilyHandle createJournal(int pipeline) {
        requireHealthy();
        disk.require(0);
        try {
            ColumnFamilyHandle journal =
                    rocks.createColumnFamily(
                            new ColumnFamilyDescriptor(
                                    bytes(JOURNAL + pipeline), tuning.journal()));
            journals.put(pipeline, journal);
            return journal;
        } catch (RocksDBException failed) {
            throw failed("make a journal", failed);
        }
    }

    /** Nobody may use the journal any more. */
    void dropJournal(int pipeline) {
        ColumnFamilyHandle journal = journals.remove(pipeline);
        if (journal == null) {
            return;
        }
        try (journal) {
            rocks.dropColumnFamily(journal);
        } catch (RocksDBException failed) {
            throw failed("drop a journal", failed);
        }
    }

    boolean healthy() {
        return healthy;
    }

    /** How much room there is. Tries whether writes go on, if they were stopped for lack of it. */
    StorageRoom room() {
        StorageRoom room = disk.room();
        if (!disk.mayHaveRoomAgain() || !healthy) {
            return room;
        }
        try (WriteBatch nothing = new WriteBatch()) {
            nothing.delete(meta, Keys.nothing());
            tryWrite(nothing);
        } catch (RocksDBException failed) {
            // If it is no lack of room, whoever writes next hears of it.
            healthy &= isFull(failed);
        }
        return disk.room();
    }

    /**
     * @param bytes that are about to be taken in
     * @throws StorageFullException if there is no room for them
     */
    void requireRoom(long bytes) {
        requireHealthy();
        disk.require(bytes);
    }

    /**
     * Writes all or nothing, synced. Once that has failed, in the staging too, nothing is written
     * any more.
     *
     * @throws StorageFullException if the disk is full; nothing of it is there then
     */
    void write(Staging staging) {
        stageAndWrite(staging, false);
    }

    /** As {@link #write}, but waits while the disk is full. */
    void writeWhenThereIsRoom(Staging staging) {
        stageAndWrite(staging, true);
    }

    private void stageAndWrite(Staging staging, boolean patient) {
        requireHealthy();
        try (WriteBatch batch = new WriteBatch()) {
            staging.into(batch);
            boolean written = false;
            while (!written) {
                try {
                    tryWrite(batch);
                    written = true;
                } catch (RocksDBException failed) {
                    if (!isFull(failed)) {
                        throw failed;
                    }
                    StorageFullException full = disk.met("write", failed);
                    if (!patient) {
                        throw full;
                    }
                    pause();
                }
            }
        } catch (StorageFullException full) {
            throw full;
        } catch (RocksDBException failed) {
            throw failed("write", failed);
        } catch (StorageException failed) {
            healthy = false;
            throw failed;
        }
    }

    private void tryWrite(WriteBatch batch) throws RocksDBException {
        rocks.write(writeOptions, batch);
        disk.wrote(batch.getDataSize());
    }

    /**
     * @throws StorageFullException if the storage is being closed, which nothing can wait for
     */
    private void pause() {
        if (closing) {
            throw new StorageFullException(
                    "the storage in " + directory + " was closed while its disk was full");
        }
        try {
            Thread.sleep(RETRY_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageFullException(
                    "interrupted while the disk of " + directory + " was full");
        }
    }

    /** Lets nothing wait for room any more, and no compaction be waited for. */
    void stopWaiting() {
        closing = true;
        if (compaction.isOwningHandle()) {
            compaction.setCanceled(true);
        }
    }

    byte @Nullable [] get(ColumnFamilyHandle family, byte[] key) {
        try {
            return rocks.get(family, key);
        } catch (RocksDBException unreadable) {
            throw unreadable(unreadable);
        }
    }

    /** Entries with {@code from <= key < to}. */
    Scan scan(ColumnFamilyHandle family, byte[] from, byte[] to) {
        return new Scan(rocks, family, from, to, new ReadOptions());
    }

    /** All of it as it is now, for several reads. To be closed. */
    Moment moment() {
        return new Moment(rocks);
    }

    /** Like {@link #scan}, for much that is read once: reads ahead and leaves the cache alone. */
    Scan sweep(ColumnFamilyHandle family, byte[] from, byte[] to) {
        ReadOptions options =
                new ReadOptions().setFillCache(false).setReadaheadSize(READ_AHEAD_BYTES);
        return new Scan(rocks, family, from, to, options);
    }

    /** The table files of a family, in no order. */
    List<SstFileMetaData> files(ColumnFamilyHandle family) {
        List<SstFileMetaData> files = new ArrayList<>();
        for (LevelMetaData level : rocks.getColumnFamilyMetaData(family).levels()) {
            files.addAll(level.files());
        }
        return files;
    }

    /**
     * Rewrites a family's files in {@code [from, to]} without what was deleted. Blocks until it is
     * done or {@link #stopWaiting} is called.
     */
    void compact(ColumnFamilyHandle family, byte[] from, byte[] to) {
        try {
            rocks.compactRange(family, from, to, compaction);
        } catch (RocksDBException failed) {
            throw new StorageException(
                    "the storage in "
                            + directory
                            + " could not be compacted: "
                            + failed.getMessage(),
                    failed);
        }
    }

    /** Deletes the files of which all keys are in {@code [from, to]}, but for those in level 0. */
    void deleteFiles(ColumnFamilyHandle family, byte[] from, byte[] to) {
        requireHealthy();
        try {
            rocks.deleteFilesInRanges(family, List.of(from, to), true);
        } catch (RocksDBException failed) {
            throw failed("delete files", failed);
        }
    }

    /**
     * Makes a copy in {@code target}, which must not be there; not synced.
     *
     * @throws StorageException if that fails; it says nothing about this database
     */
    void checkpoint(Path target) {
        requireRoom(0);
        try (Checkpoint checkpoint = Checkpoint.create(rocks)) {
            checkpoint.createCheckpoint(target.toString());
        } catch (RocksDBException failed) {
            throw new StorageException(
                    "no copy of "
                            + directory
                            + " could be made in "
                            + target
                            + ": "
                            + failed.getMessage(),
                    failed);
        }
    }

    /**
     * Reads all of a database that nobody has open.
     *
     * @throws StorageException if anything in it is damaged
     */
    static void verify(Path directory) {
        WriteAheadLog.verifyAll(directory);
        RocksLibrary.load();
        try (Tuning tuning = new Tuning(StoreOptions.defaults(), false)) {
            // What it lacks of an older format is made when it is opened to be written.
            Set<String> there = familiesIn(directory);
            List<ColumnFamilyDescriptor> descriptors =
                    families(directory, true, tuning).stream()
                            .filter(one -> there.contains(text(one.getName())))
                            .toList();
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            try (RocksDB rocks =
                    RocksDB.openReadOnly(
                            tuning.database(), directory.toString(), descriptors, handles)) {
                rocks.verifyChecksum();
                handles.forEach(ColumnFamilyHandle::close);
            }
        } catch (RocksDBException damaged) {
            throw new StorageException(
                    "the storage in " + directory + " is damaged: " + damaged.getMessage(),
                    damaged);
        }
    }

    static StorageException unreadable(RocksDBException cause) {
        return new StorageException("the storage cannot be read: " + cause.getMessage(), cause);
    }

    /** A second time does nothing. */
    @Override
    public void close() {
        journals.values().forEach(ColumnFamilyHandle::close);
        outbox.close();
        dedupe.close();
        letterIndex.close();
        letters.close();
        rows.close();
        meta.close();
        rocks.close();
        writeOptions.close();
        compaction.close();
        tuning.close();
    }

    private void requireHealthy() {
        if (!healthy) {
            throw new StorageException(
                    "the storage in "
                            + directory
                            + " takes no more writes since one has failed; see to its disk and"
                            + " restart");
        }
    }

    private static boolean isFull(RocksDBException failure) {
        Status status = failure.getStatus();
        return status != null && status.getSubCode() == Status.SubCode.NoSpace;
    }

    private StorageException failed(String what, RocksDBException cause) {
        if (isFull(cause)) {
            return disk.met(what, cause);
        }
        healthy = false;
        return new StorageException(
                "the storage in " + directory + " could not " + what + ": " + cause.getMessage(),
                cause);
    }

    private static ColumnFamilyHandle take(Map<String, ColumnFamilyHandle> families, String name) {
        ColumnFamilyHandle family = families.remove(name);
        if (family == null) {
            throw new IllegalStateException("column family " + name + " was not opened");
        }
        return family;
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
