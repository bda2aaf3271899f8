package dev.millrace.connect.table;

import dev.millrace.connect.lookup.KeyText;
import dev.millrace.connect.lookup.LookupStatus;
import dev.millrace.connect.lookup.LookupStatus.State;
import dev.millrace.connect.lookup.SourceLookup;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.pipeline.LookupSource;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Logger;

/**
 * Looks up in a file that is held in memory.
 *
 * <p>{@link #refresh} takes a changed file up, as a whole. A file that went, or cannot be used any
 * more, leaves the table as it was; that is logged once and stands in the status. If there was no
 * table yet, as after a restart without the file, keys wait until there is one.
 */
public final class TableLookup implements SourceLookup {
    private static final Logger LOG = Logger.getLogger(TableLookup.class.getName());

    private final String stage;
    private final LookupSource.Table source;
    private final TableFolders folders;
    private final InstantSource clock;
    private final LongAdder found = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final Map<Object, CompletableFuture<Answer>> waiting = new HashMap<>();

    /** Set once, then only replaced. */
    private volatile @Nullable Table table;

    private @Nullable Version taken;
    private @Nullable Version seen;
    private @Nullable String error;
    private long sinceMs;
    private boolean superseded;

    /** By what a change of a file is noticed. */
    private record Version(Path file, FileTime modified, long bytes, Optional<Object> inode) {
        static Version of(Path file) throws UnusableSourceException {
            try {
                BasicFileAttributes attributes =
                        Files.readAttributes(file, BasicFileAttributes.class);
                return new Version(
                        file,
                        attributes.lastModifiedTime(),
                        attributes.size(),
                        Optional.ofNullable(attributes.fileKey()));
            } catch (IOException e) {
                throw new UnusableSourceException(
                        "the table %s cannot be read (%s)".formatted(file, e), e);
            }
        }
    }

    /** Reads the file; if that fails, the status says why. */
    public TableLookup(
            String stage, LookupSource.Table source, TableFolders folders, InstantSource clock) {
        this.stage = stage;
        this.source = source;
        this.folders = folders;
        this.clock = clock;
        this.sinceMs = clock.millis();
        // The first look sees the file, the second takes it up.
        refresh();
        refresh();
    }

    /**
     * Whether there is such a table and it can be used.
     *
     * @throws UnusableSourceException if not
     */
    public static void check(LookupSource.Table source, TableFolders folders)
            throws UnusableSourceException {
        Table _ = TableFile.read(folders.find(source.file()), source.column());
    }

    @Override
    public @Nullable Answer known(Object key) {
        Table current = table;
        if (current == null) {
            return null;
        }
        found.increment();
        return current.find(KeyText.of(key));
    }

    @Override
    public boolean isAlwaysKnown() {
        return table != null;
    }

    @Override
    public CompletionStage<Answer> fetch(Object key) {
        misses.increment();
        synchronized (this) {
            Table current = table;
            if (current == null && superseded) {
                return CompletableFuture.completedFuture(SUPERSEDED);
            }
            return current == null
                    ? waiting.computeIfAbsent(key, _ -> new CompletableFuture<>())
                    : CompletableFuture.completedFuture(current.find(KeyText.of(key)));
        }
    }

    @Override
    public void supersede() {
        List<CompletableFuture<Answer>> given;
        synchronized (this) {
            superseded = true;
            given = List.copyOf(waiting.values());
            waiting.clear();
        }
        given.forEach(one -> one.complete(SUPERSEDED));
    }

    /**
     * Takes the file up if it changed, and has not changed any more since the last call: one that
     * is being written is left alone. Reads the file; one thread at a time.
     */
    public void refresh() {
        Version version;
        try {
            version = Version.of(folders.find(source.file()));
            if (version.equals(taken)) {
                seen = version;
                return;
            }
            if (!version.equals(seen)) {
                seen = version;
                return;
            }
        } catch (UnusableSourceException e) {
            taken = null;
            seen = null;
            failed(e.problem());
            return;
        }
        taken = version;
        try {
            took(TableFile.read(version.file(), source.column()));
        } catch (UnusableSourceException e) {
            failed(e.problem());
        }
    }

    private void took(Table read) {
        boolean first;
        Map<Object, CompletableFuture<Answer>> asked;
        synchronized (this) {
            first = table == null;
            table = read;
            error = null;
            sinceMs = first ? clock.millis() : sinceMs;
            asked = Map.copyOf(waiting);
            waiting.clear();
        }
        LOG.info(() ->
                "stage %s: table %s has %,d keys"
                        .formatted(stage, source.file(), read.byKey().size()));
        asked.forEach((key, answer) -> answer.complete(read.find(KeyText.of(key))));
    }

    private synchronized void failed(String problem) {
        if (problem.equals(error)) {
            return;
        }
        error = problem;
        LOG.warning(
                "stage %s: %s; %s"
                        .formatted(
                                stage,
                                problem,
                                table == null
                                        ? "its events wait for the table"
                                        : "it goes on with the table as it was"));
    }

    @Override
    public synchronized LookupStatus status() {
        return new LookupStatus(
                stage,
                table == null ? State.OPEN : State.CLOSED,
                sinceMs,
                waiting.size(),
                Optional.ofNullable(error),
                found.sum(),
                misses.sum());
    }

    /** Holds nothing but memory. */
    @Override
    public void close() {}
}
