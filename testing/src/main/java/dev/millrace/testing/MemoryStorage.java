package dev.millrace.testing;

import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.Storage;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.port.StorageFullException;
import dev.millrace.core.port.StorageRoom;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The storage as plain maps behind one lock. What was written is durable at once; {@link #reopened}
 * is what a process finds that starts after this one was killed. Writes can be made to fail.
 */
public final class MemoryStorage implements Storage {
    private final Object lock = new Object();
    private final Map<Integer, MemoryPipeline> handles = new HashMap<>();
    private final Map<Integer, Fault> faults = new HashMap<>();
    private final Contents live;
    private Contents durable;
    private int writes;
    private Optional<String> shortage = Optional.empty();
    private boolean healthy = true;
    private boolean closed;

    /** How a write fails. */
    public enum Fault {
        /** Nothing of it is there after a restart. */
        NOT_WRITTEN,
        /** All of it is there after a restart, though not before. */
        WRITTEN
    }

    /** What is kept. Byte arrays in it are never written to, so a copy may share them. */
    private static final class Contents {
        private final NavigableMap<Integer, StoredPipeline> pipelines = new TreeMap<>();
        private String instance = UUID.randomUUID().toString();
        private int nextPipeline = 1;

        Contents copy() {
            Contents copy = new Contents();
            pipelines.forEach((number, pipeline) -> copy.pipelines.put(number, pipeline.copy()));
            copy.nextPipeline = nextPipeline;
            copy.instance = instance;
            return copy;
        }
    }

    public MemoryStorage() {
        this(new Contents());
    }

    private MemoryStorage(Contents contents) {
        live = contents;
        durable = contents;
        contents.pipelines.forEach((number, stored) ->
                handles.put(number, new MemoryPipeline(this, number, stored.name())));
    }

    /** Makes the {@code nth} write from now fail, 1 being the next. All after it fail too. */
    public void failWrite(int nth, Fault fault) {
        if (nth < 1) {
            throw new IllegalArgumentException("the next write is 1, not " + nth);
        }
        synchronized (lock) {
            faults.put(writes + nth, fault);
        }
    }

    /**
     * Refuses appends and new pipelines for lack of room from now on, or takes them again. Commits
     * do not wait: it is the reserve that they use.
     */
    public void full(boolean full) {
        synchronized (lock) {
            shortage = full ? Optional.of("the memory is full, as it was told") : Optional.empty();
        }
    }

    /**
     * What a restart finds, as a storage of its own: nothing that happens to one of the two is seen
     * in the other. This one need not be closed, and has no say in it any more.
     */
    public MemoryStorage reopened() {
        synchronized (lock) {
            return new MemoryStorage(durable.copy());
        }
    }

    /** As the data directory's. */
    String instance() {
        return live.instance;
    }

    @Override
    public List<PipelineStore> pipelines() {
        synchronized (lock) {
            return live.pipelines.keySet().stream()
                    .<PipelineStore>map(handles::get)
                    .sorted(Comparator.comparing(PipelineStore::pipeline))
                    .toList();
        }
    }

    @Override
    public PipelineStore create(String pipeline, PipelineVersion first) {
        synchronized (lock) {
            requireOpen();
            if (live.pipelines.values().stream().anyMatch(it -> it.name().equals(pipeline))) {
                throw new IllegalArgumentException("there is a pipeline " + pipeline + " already");
            }
            requireRoom();
            int number = live.nextPipeline;
            write(contents -> {
                contents.nextPipeline = number + 1;
                contents.pipelines.put(number, new StoredPipeline(pipeline, first));
            });
            MemoryPipeline handle = new MemoryPipeline(this, number, pipeline);
            handles.put(number, handle);
            return handle;
        }
    }

    @Override
    public void drop(PipelineStore pipeline) {
        MemoryPipeline dropped = own(pipeline);
        synchronized (lock) {
            read(dropped, stored -> stored);
            write(contents -> contents.pipelines.remove(dropped.number()));
        }
    }

    @Override
    public void append(List<JournalAppend> appends) {
        synchronized (lock) {
            requireOpen();
            Map<Integer, Long> newest = new HashMap<>();
            for (JournalAppend append : appends) {
                MemoryPipeline pipeline = own(append.pipeline());
                long last =
                        newest.computeIfAbsent(
                                pipeline.number(),
                                _ -> read(pipeline, StoredPipeline::newestOffset));
                if (append.offset() <= last) {
                    throw new IllegalArgumentException(
                            "offset " + append.offset() + " does not come after " + last);
                }
                newest.put(pipeline.number(), append.offset());
            }
            requireRoom();
            write(contents -> appends.forEach(append -> stored(contents, append).append(append)));
        }
    }

    /** Bytes of the journals; the rest is not counted. */
    @Override
    public long sizeBytes() {
        synchronized (lock) {
            requireOpen();
            return live.pipelines.values().stream().mapToLong(StoredPipeline::journalBytes).sum();
        }
    }

    @Override
    public boolean healthy() {
        synchronized (lock) {
            return healthy;
        }
    }

    @Override
    public StorageRoom room() {
        synchronized (lock) {
            return shortage.map(reason -> new StorageRoom(0, 0, Optional.of(reason)))
                    .orElse(StorageRoom.UNBOUNDED);
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
    }

    /** Hands {@code reader} the pipeline as it is; what it returns must not change with it. */
    <T> T read(MemoryPipeline pipeline, Function<StoredPipeline, T> reader) {
        synchronized (lock) {
            requireOpen();
            StoredPipeline stored = live.pipelines.get(pipeline.number());
            if (stored == null) {
                throw new StorageException("the pipeline " + pipeline.pipeline() + " was dropped");
            }
            return reader.apply(stored);
        }
    }

    /** Changes the pipeline, or fails as it was told to. */
    void write(MemoryPipeline pipeline, Consumer<StoredPipeline> change) {
        synchronized (lock) {
            read(pipeline, stored -> stored);
            write(contents -> change.accept(stored(contents, pipeline.number())));
        }
    }

    private void write(Consumer<Contents> change) {
        if (!healthy) {
            throw new StorageException("the storage takes no more writes since one has failed");
        }
        writes++;
        Fault fault = faults.remove(writes);
        if (fault == null) {
            change.accept(live);
            return;
        }
        healthy = false;
        durable = live.copy();
        if (fault == Fault.WRITTEN) {
            change.accept(durable);
        }
        throw new StorageException("write " + writes + " failed, as it was told to");
    }

    private void requireRoom() {
        shortage.ifPresent(reason -> {
            throw new StorageFullException(reason);
        });
    }

    private void requireOpen() {
        if (closed) {
            throw new StorageException("the storage is closed");
        }
    }

    private MemoryPipeline own(PipelineStore pipeline) {
        if (pipeline instanceof MemoryPipeline its && its.isIn(this)) {
            return its;
        }
        throw new IllegalArgumentException(
                "pipeline " + pipeline.pipeline() + " is of another storage");
    }

    private StoredPipeline stored(Contents contents, JournalAppend append) {
        return stored(contents, own(append.pipeline()).number());
    }

    private static StoredPipeline stored(Contents contents, int number) {
        StoredPipeline stored = contents.pipelines.get(number);
        if (stored == null) {
            throw new IllegalStateException("pipeline number " + number + " is not there");
        }
        return stored;
    }
}
