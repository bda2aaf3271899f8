package dev.millrace.store;

import dev.millrace.core.port.StorageException;
import dev.millrace.core.port.StorageFullException;
import dev.millrace.core.port.StorageRoom;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Watches the room on the disk. What takes more in stops at the reserve, so that flushes,
 * compactions and commits seldom meet the end of the disk; and it goes on only at a quarter more,
 * so that it does not flutter. If a write meets the end all the same, nothing is taken in until one
 * was written again. Safe for use by many threads.
 */
final class DiskRoom {
    static final long RESERVE_BYTES_MAX = 512L << 20;
    private static final int RESERVE_SHARE = 8;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final System.Logger LOG = System.getLogger(DiskRoom.class.getName());

    private final Path directory;
    private final FileStore disk;
    private final long totalBytes;
    private final long reserveBytes;
    private long freeBytes;
    private long lookedAtNanos;
    private long writtenBytes;
    private boolean low;
    private boolean stopped;

    DiskRoom(Path directory) {
        this.directory = directory;
        try {
            disk = Files.getFileStore(directory);
            totalBytes = disk.getTotalSpace();
            freeBytes = disk.getUsableSpace();
        } catch (IOException failed) {
            throw new StorageException(
                    "the disk of " + directory + " cannot be looked at: " + failed, failed);
        }
        reserveBytes = Math.min(RESERVE_BYTES_MAX, totalBytes / RESERVE_SHARE);
        lookedAtNanos = System.nanoTime();
    }

    long totalBytes() {
        return totalBytes;
    }

    synchronized StorageRoom room() {
        if (System.nanoTime() - lookedAtNanos >= LOOK_NANOS) {
            look();
        }
        return new StorageRoom(freeBytes, reserveBytes, shortage());
    }

    /**
     * @param bytes that are about to be taken in
     * @throws StorageFullException if there is no room for them
     */
    synchronized void require(long bytes) {
        boolean muchUnseen = writtenBytes + bytes > reserveBytes / 4;
        if (muchUnseen || System.nanoTime() - lookedAtNanos >= LOOK_NANOS) {
            look();
        }
        Optional<String> shortage = shortage();
        if (shortage.isPresent()) {
            throw new StorageFullException(shortage.get());
        }
        if (freeBytes - bytes < reserveBytes) {
            throw new StorageFullException(
                    "the disk of %s has too little room for %,d bytes more; %s"
                            .formatted(directory, bytes, remedy()));
        }
    }

    synchronized void wrote(long bytes) {
        writtenBytes += bytes;
        if (stopped) {
            boolean wasLow = low;
            stopped = false;
            look();
            if (!wasLow) {
                tellIfOver();
            }
        }
    }

    /** A write met the end of the disk. */
    synchronized StorageFullException met(String what, Throwable cause) {
        if (!stopped && !low) {
            warn(String.valueOf(cause.getMessage()));
        }
        stopped = true;
        look();
        return new StorageFullException(
                "the storage could not %s, since the disk of %s is full; %s"
                        .formatted(what, directory, remedy()));
    }

    /** Whether a write may go well that met the end of the disk before. */
    synchronized boolean mayHaveRoomAgain() {
        return stopped && freeBytes >= resumeBytes();
    }

    private void look() {
        try {
            freeBytes = disk.getUsableSpace();
        } catch (IOException unknown) {
            // What was known stays, and a write finds out.
            LOG.log(System.Logger.Level.DEBUG, "no look at the disk", unknown);
        }
        lookedAtNanos = System.nanoTime();
        writtenBytes = 0;
        if (!low && freeBytes < reserveBytes) {
            low = true;
            if (!stopped) {
                warn("%,d bytes are free".formatted(freeBytes));
            }
        } else if (low && freeBytes >= resumeBytes()) {
            low = false;
            tellIfOver();
        }
    }

    private Optional<String> shortage() {
        return low || stopped
                ? Optional.of(
                        "the disk of %s is full (%,d bytes free, %,d kept in reserve); %s"
                                .formatted(directory, freeBytes, reserveBytes, remedy()))
                : Optional.empty();
    }

    private String remedy() {
        return "make room, and events are taken again by themselves";
    }

    private long resumeBytes() {
        return reserveBytes + reserveBytes / 4;
    }

    private void warn(String because) {
        LOG.log(
                System.Logger.Level.WARNING,
                "the disk of {0} is full, so no events are taken until there is room: {1}",
                directory,
                because);
    }

    private void tellIfOver() {
        if (!low && !stopped) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "the disk of {0} has room again, so events are taken again",
                    directory);
        }
    }
}
