package dev.millrace.connect.file;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.millrace.connect.file.FileProgress.Open;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.connector.SinkItem;

import org.jspecify.annotations.Nullable;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.GZIPOutputStream;

/**
 * Writes files of one JSON object a line, each whole or not to be seen, every item once.
 *
 * <p>Files of the sink {@code archive} of pipeline {@code web}, in its directory:
 *
 * <ul>
 *   <li>{@code web.archive.<first>-<last>.ndjson}, or {@code .ndjson.gz}: done, never touched
 *       again. The name has the first and the last position that it covers, in 14 digits, so that
 *       names sort as items do. Whoever reads may move or delete them.
 *   <li>{@code .web.archive.partial}: being written. Batches are appended (with gzip, each a member
 *       of its own, RFC 1952, section 2.2) and synced.
 *   <li>{@code .web.archive.cursor}: {@link FileProgress}, replaced after each batch. Only what it
 *       says counts; what is behind that in the partial file is cut off before anything is added.
 *   <li>{@code .web.archive.lock}: locked by the process that writes.
 * </ul>
 *
 * <p>The partial file is renamed when it has its size or age, when the sink is closed (as by a stop
 * of the server, or another version of the definition), and when the cursor is set. After a crash
 * it is continued, so a crash at whatever point makes no item come twice and none go missing, and
 * what is shown was committed. If the disk is full nothing of the batch stays.
 *
 * <p>A cursor that is set back has items written again, in files whose positions overlap with those
 * that are there; a file of the same positions is replaced.
 */
final class FileSink implements CursorSink {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final FileSettings files;
    private final FileChannel lockFile;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean closed;

    /** Whether the host is in a call, which may hang. */
    private volatile boolean called;

    /**
     * Null before the first look at the disk, and after anything failed there: then it is asked.
     */
    private @Nullable FileProgress known;

    /**
     * @throws ConnectorException if another writes these files
     * @throws IOException if the directory cannot be written to
     */
    FileSink(FileSettings files) throws ConnectorException, IOException {
        this.files = files;
        this.lockFile = FileChannel.open(files.lock(), CREATE, WRITE);
        try {
            if (lockFile.tryLock() == null) {
                throw inUse();
            }
        } catch (OverlappingFileLockException ours) {
            lockFile.close();
            throw inUse();
        } catch (IOException | ConnectorException failed) {
            lockFile.close();
            throw failed;
        }
        Thread _ = Thread.ofVirtual().name("millrace-file-" + files.name()).start(this::rotate);
    }

    private ConnectorException inUse() {
        return ConnectorException.passing(
                "the files %s/%s.* are being written by another process, or by a delivery that hangs"
                        .formatted(files.directory(), files.name()));
    }

    @Override
    public Delivery deliver(SinkBatch batch) {
        called = true;
        lock.lock();
        try {
            Optional<FileProgress> progress = progress();
            if (progress.isEmpty() || !progress.get().cursor().equals(batch.before())) {
                return new Delivery.CursorMoved();
            }
            FileProgress before = progress.get();
            if (isDue(before)) {
                before = finish(before);
            }
            Optional<Open> open =
                    batch.items().isEmpty()
                            ? before.open()
                            : Optional.of(append(before, batch.from(), batch.items()));
            save(before.with(batch.after(), open));
            changed.signalAll();
            return new Delivery.Delivered();
        } catch (IOException failed) {
            known = null;
            takeBack();
            return new Delivery.RetryLater(files.reason(failed));
        } finally {
            lock.unlock();
            returned();
        }
    }

    /** What was closed meanwhile is closed now. */
    private void returned() {
        called = false;
        if (closed) {
            close();
        }
    }

    /** Behind what counts; if the disk fails, the next delivery cuts it off. */
    private Open append(FileProgress before, long from, List<SinkItem> items) throws IOException {
        Open open =
                before.open()
                        .orElseGet(
                                () -> new Open(from, 0, System.currentTimeMillis(), files.gzip()));
        try (FileChannel channel = FileChannel.open(files.partial(), CREATE, WRITE)) {
            FileChannel _ = channel.truncate(open.bytes()).position(open.bytes());
            OutputStream out =
                    new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
            if (open.gzip()) {
                GZIPOutputStream packed = new GZIPOutputStream(out, BUFFER_BYTES);
                write(items, packed);
                packed.finish();
            } else {
                write(items, out);
            }
            out.flush();
            channel.force(true);
            return new Open(open.first(), channel.size(), open.sinceMs(), open.gzip());
        }
    }

    private static void write(List<SinkItem> items, OutputStream out) throws IOException {
        for (SinkItem item : items) {
            out.write(item.json());
            out.write('\n');
        }
    }

    /** Gives room back that a failed batch took. */
    private void takeBack() {
        try {
            Optional<FileProgress> _ = progress();
            boolean _ =
                    Files.deleteIfExists(
                            files.cursor().resolveSibling(files.cursor().getFileName() + ".new"));
        } catch (IOException stillFailing) {
            known = null;
        }
    }

    private void save(FileProgress progress) throws IOException {
        known = null;
        progress.save(files.cursor());
        known = progress;
    }

    /** As the disk has it, with what a crash left behind put right. */
    private Optional<FileProgress> progress() throws IOException {
        if (known != null) {
            return Optional.of(known);
        }
        Optional<FileProgress> loaded = FileProgress.load(files.cursor());
        if (loaded.isEmpty()) {
            boolean _ = Files.deleteIfExists(files.partial());
            return loaded;
        }
        FileProgress progress = loaded.get();
        if (progress.closing().isPresent()) {
            return Optional.of(show(progress));
        }
        if (progress.open().isEmpty()) {
            boolean _ = Files.deleteIfExists(files.partial());
        } else {
            cut(progress.open().get());
        }
        known = progress;
        return loaded;
    }

    private void cut(Open open) throws IOException {
        long size = Files.exists(files.partial()) ? Files.size(files.partial()) : 0;
        if (size < open.bytes()) {
            throw new IOException(
                    "%s has lost what it held, %d bytes of %d are left; rewind the sink to %d to write that again"
                            .formatted(files.partial(), size, open.bytes(), open.first()));
        }
        if (size > open.bytes()) {
            try (FileChannel channel = FileChannel.open(files.partial(), WRITE)) {
                FileChannel _ = channel.truncate(open.bytes());
                channel.force(true);
            }
        }
    }

    private boolean isDue(FileProgress progress) {
        return progress.open().isPresent()
                && (progress.open().get().bytes() >= files.sizeMax()
                        || leftMs(progress.open().get()) <= 0
                        || progress.open().get().gzip() != files.gzip());
    }

    private long leftMs(Open open) {
        return open.sinceMs() + files.ageMax().toMillis() - System.currentTimeMillis();
    }

    /** Shows the open file, if there is one. */
    private FileProgress finish(FileProgress progress) throws IOException {
        if (progress.open().isEmpty()) {
            return progress;
        }
        FileProgress closing =
                progress.closing(
                        files.finished(progress.open().get(), progress.cursor().position()));
        // First the name, so that after a crash it is known whether the rename was made.
        save(closing);
        return show(closing);
    }

    private FileProgress show(FileProgress closing) throws IOException {
        if (Files.exists(files.partial())) {
            cut(closing.open().orElseThrow(() -> new IOException("no file is open")));
            Path _ =
                    Files.move(
                            files.partial(),
                            files.directory().resolve(closing.closing().orElseThrow()),
                            ATOMIC_MOVE);
            Folders.sync(files.directory());
        }
        FileProgress shown = FileProgress.at(closing.cursor());
        save(shown);
        return shown;
    }

    @Override
    public Optional<SinkCursor> cursor() throws ConnectorException {
        called = true;
        lock.lock();
        try {
            return progress().map(FileProgress::cursor);
        } catch (IOException failed) {
            known = null;
            throw ConnectorException.lasting(files.reason(failed), failed);
        } finally {
            lock.unlock();
            returned();
        }
    }

    @Override
    public void reset(SinkCursor cursor) throws ConnectorException {
        called = true;
        lock.lock();
        try {
            showWhatIsThere();
            save(FileProgress.at(cursor));
        } catch (IOException failed) {
            known = null;
            throw ConnectorException.lasting(files.reason(failed), failed);
        } finally {
            lock.unlock();
            returned();
        }
    }

    /** What cannot be shown, since it was lost, is given up: that is what a rewind is for. */
    private void showWhatIsThere() throws IOException {
        Optional<FileProgress> loaded = FileProgress.load(files.cursor());
        if (loaded.isPresent() && loaded.get().open().isPresent()) {
            Open open = loaded.get().open().get();
            if (Files.exists(files.partial()) && Files.size(files.partial()) >= open.bytes()) {
                FileProgress _ = finish(loaded.get());
            }
        }
        boolean _ = Files.deleteIfExists(files.partial());
    }

    /** Shows a file when it has its size or age, on a thread of its own. */
    private void rotate() {
        lock.lock();
        try {
            while (!closed) {
                long waitMs = LONGEST_WAIT.toMillis();
                try {
                    FileProgress progress = known;
                    if (progress != null && isDue(progress)) {
                        FileProgress _ = finish(progress);
                    } else if (progress != null && progress.open().isPresent()) {
                        waitMs = Math.clamp(leftMs(progress.open().get()), 1, waitMs);
                    }
                } catch (IOException failed) {
                    // The next delivery says it, and puts it right.
                    known = null;
                    waitMs = RETRY.toMillis();
                }
                boolean _ = changed.await(waitMs, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Shows what is open; where that fails, the next one goes on with it. */
    @Override
    public void close() {
        closed = true;
        if (called) {
            // It may hang, and closes when it comes back.
            return;
        }
        lock.lock();
        try {
            changed.signalAll();
            if (lockFile.isOpen() && known != null) {
                FileProgress _ = finish(known);
            }
        } catch (IOException failed) {
            known = null;
        } finally {
            letGo();
            lock.unlock();
        }
    }

    private void letGo() {
        try {
            lockFile.close();
        } catch (IOException failed) {
            // The system lets go of it with the process.
        }
    }
}
