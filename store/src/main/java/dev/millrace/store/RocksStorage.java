package dev.millrace.store;

import dev.millrace.core.port.Failpoint;
import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.Storage;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.port.StorageRoom;

import org.rocksdb.ColumnFamilyHandle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All pipelines of one data directory, in one RocksDB, so that one synced write batch is all of an
 * append or a commit. {@link Keys} has the layout, {@link Tuning} the settings.
 *
 * <p>Locks are taken in this order: the storage's gate, {@code changing} or {@code appending}, a
 * pipeline's gate, its commit lock.
 */
public final class RocksStorage implements Storage {
    private final Path directory;
    private final Database database;
    private final String instance;
    private final Gate gate = new Gate();
    private final Lock changing = new ReentrantLock();
    private final Lock appending = new ReentrantLock();
    private final ConcurrentMap<String, RocksPipeline> pipelines = new ConcurrentSkipListMap<>();
    private int nextPipeline;

    private RocksStorage(Path directory, Database database) {
        this.directory = directory;
        this.database = database;
        this.instance = instance(database);
        byte[] next = database.get(database.meta(), Keys.nextPipeline());
        this.nextPipeline = next == null ? 1 : ByteBuffer.wrap(next).getInt();
        load();
    }

    /**
     * Does ahead what every {@link #open} would do, a tenth of a second of unpacking and linking,
     * on a thread that is free for it.
     */
    public static void prepare() {
        try {
            RocksLibrary.load();
        } catch (StorageException _) {
            // The open finds it, too, and says so.
            return;
        }
    }

    /**
     * Opens the storage in {@code directory}, which is made if it is not there.
     *
     * @throws StorageException if the directory cannot be read or written, is in use by another
     *     process, is of a newer format or is damaged; nothing has been changed then
     */
    public static RocksStorage open(Path directory, StoreOptions options) {
        Path absolute = directory.toAbsolutePath().normalize();
        Database database = Database.open(absolute, options);
        try {
            return new RocksStorage(absolute, database);
        } catch (RuntimeException failed) {
            database.close();
            throw failed;
        }
    }

    @Override
    public List<PipelineStore> pipelines() {
        return List.copyOf(pipelines.values());
    }

    @Override
    public PipelineStore create(String name, PipelineVersion first) {
        try (var _ = gate.enter()) {
            changing.lock();
            try {
                if (pipelines.containsKey(name)) {
                    throw new IllegalArgumentException("there is a pipeline " + name + " already");
                }
                int number = nextPipeline++;
                RocksPipeline pipeline =
                        new RocksPipeline(
                                database, instance, number, name, database.createJournal(number));
                Failpoint.PIPELINE_JOURNAL_MADE.reach();
                database.write(batch -> {
                    pipeline.stage(first, batch);
                    batch.put(database.meta(), Keys.nextPipeline(), Keys.pipeline(number + 1));
                });
                pipelines.put(name, pipeline);
                return pipeline;
            } finally {
                changing.unlock();
            }
        }
    }

    @Override
    public void drop(PipelineStore pipeline) {
        RocksPipeline dropped = own(pipeline);
        try (var _ = gate.enter()) {
            changing.lock();
            try {
                dropped.drop();
                pipelines.remove(dropped.pipeline(), dropped);
            } finally {
                changing.unlock();
            }
        }
    }

    @Override
    public void append(List<JournalAppend> appends) {
        long bytes = appends.stream().mapToLong(append -> append.record().length).sum();
        try (var _ = gate.enter()) {
            // Before any lock, since a commit that waits for room may hold one.
            database.requireRoom(bytes);
            appending.lock();
            try {
                appendAll(byPipeline(appends));
            } finally {
                appending.unlock();
            }
        }
    }

    /**
     * Makes a consistent copy of all that was acknowledged before, while events come in. It is
     * whole, or it is not there.
     *
     * @param target an absolute path that is not there yet, or an empty directory, apart from the
     *     data directory
     * @throws IllegalArgumentException if {@code target} is anything else
     * @throws StorageException if it cannot be written; the storage is as it was
     */
    public BackupReport backup(Path target) {
        try (var _ = gate.enter()) {
            return Backups.take(directory, database, List.copyOf(pipelines.keySet()), target);
        }
    }

    @Override
    public long sizeBytes() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(RocksStorage::sizeOf).sum();
        } catch (IOException failed) {
            throw new StorageException("the size of " + directory + " cannot be told", failed);
        }
    }

    @Override
    public boolean healthy() {
        return database.healthy();
    }

    @Override
    public StorageRoom room() {
        try (var _ = gate.enter()) {
            return database.room();
        }
    }

    @Override
    public void close() {
        database.stopWaiting();
        String reason = "the storage in " + directory + " is closed";
        gate.shut(reason, () -> {});
        pipelines.values().forEach(pipeline -> pipeline.close(reason));
        database.close();
    }

    /** Gives a data directory that nobody has open another id. */
    static void becomeAnother(Path directory) {
        try (Database database = Database.open(directory, StoreOptions.defaults())) {
            String _ = newInstance(database);
        }
    }

    /** The id of the data directory, made when there is none yet. */
    private static String instance(Database database) {
        byte[] known = database.get(database.meta(), Keys.instance());
        return known != null ? new String(known, StandardCharsets.US_ASCII) : newInstance(database);
    }

    private static String newInstance(Database database) {
        String made = UUID.randomUUID().toString();
        database.write(batch ->
                batch.put(
                        database.meta(),
                        Keys.instance(),
                        made.getBytes(StandardCharsets.US_ASCII)));
        return made;
    }

    private void load() {
        Map<Integer, ColumnFamilyHandle> journals = new TreeMap<>(database.journals());
        names().forEach((number, name) -> {
            ColumnFamilyHandle journal = journals.remove(number);
            if (journal == null) {
                throw new StorageException(
                        "the journal of pipeline "
                                + name
                                + " is missing in "
                                + directory
                                + "; restore a backup");
            }
            pipelines.put(name, new RocksPipeline(database, instance, number, name, journal));
        });
        // Left by a crash between the two steps of creating or dropping a pipeline.
        journals.keySet().forEach(database::dropJournal);
    }

    private Map<Integer, String> names() {
        Map<Integer, String> names = new TreeMap<>();
        byte[] first = Keys.pipeline(1);
        byte[] end = {(byte) 0xff};
        try (Scan entries = database.scan(database.meta(), first, end).toFirst()) {
            for (; entries.valid(); entries.next()) {
                if (Keys.isName(entries.key())) {
                    names.put(
                            Keys.pipelineOf(entries.key()),
                            new String(entries.value(), StandardCharsets.UTF_8));
                }
            }
        }
        return names;
    }

    private Map<RocksPipeline, List<JournalAppend>> byPipeline(List<JournalAppend> appends) {
        return appends.stream()
                .collect(
                        Collectors.groupingBy(
                                append -> own(append.pipeline()),
                                LinkedHashMap::new,
                                Collectors.toList()));
    }

    private void appendAll(Map<RocksPipeline, List<JournalAppend>> appends) {
        Deque<RocksPipeline.AppendPart> parts = new ArrayDeque<>();
        try {
            appends.forEach((pipeline, its) -> parts.push(pipeline.append(its)));
            write(parts);
        } finally {
            parts.forEach(RocksPipeline.AppendPart::close);
        }
    }

    private void write(Collection<RocksPipeline.AppendPart> parts) {
        database.write(batch -> {
            for (RocksPipeline.AppendPart part : parts) {
                part.stage(batch);
            }
        });
        parts.forEach(RocksPipeline.AppendPart::written);
    }

    private RocksPipeline own(PipelineStore pipeline) {
        if (pipeline instanceof RocksPipeline its && its.isIn(database)) {
            return its;
        }
        throw new IllegalArgumentException(
                "pipeline " + pipeline.pipeline() + " is of another storage");
    }

    /** Files come and go while they are counted. */
    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            return 0;
        }
    }
}
