package dev.millrace.store;

import dev.millrace.core.port.Failpoint;
import dev.millrace.core.port.StorageException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * The file {@code FORMAT} in a data directory: the number of the layout in which everything there
 * is written, in decimal digits. Read before anything else is touched, so that a storage of a newer
 * Millrace stays as it is.
 */
final class Format {
    private static final int CURRENT = 3;

    /** Differs from the current one in what it lacks, which is made when it is opened. */
    private static final int OLDEST = 2;

    private static final String FILE = "FORMAT";

    private Format() {}

    /**
     * Makes the directory if there is none, and marks it if it is empty.
     *
     * @return true if there is a database in it
     * @throws StorageException if it is of another format, or cannot be told, or cannot be read or
     *     written
     */
    static boolean check(Path directory) {
        try {
            Files.createDirectories(directory);
            boolean database = holdsDatabase(directory);
            Path file = directory.resolve(FILE);
            if (Files.exists(file)) {
                if (accept(directory, Files.readString(file).strip()) != CURRENT) {
                    mark(directory);
                }
            } else if (database) {
                throw new StorageException(
                        file
                                + " is missing, so it cannot be told how the files beside it are to"
                                + " be read; restore a backup or name another data directory");
            } else {
                mark(directory);
            }
            return database;
        } catch (IOException failed) {
            throw new StorageException(
                    "the data directory "
                            + directory
                            + " cannot be used ("
                            + failed
                            + "); it must be a directory that this user can read and write",
                    failed);
        }
    }

    /**
     * Changes nothing.
     *
     * @throws StorageException if {@code directory} is of a newer format, or that cannot be told
     */
    static void require(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            int _ = accept(directory, Files.readString(file).strip());
        } catch (IOException unreadable) {
            throw new StorageException(file + " cannot be read: " + unreadable, unreadable);
        }
    }

    private static int accept(Path directory, String found) {
        if (!found.matches("[1-9][0-9]{0,8}")) {
            throw new StorageException(
                    directory.resolve(FILE)
                            + " is damaged: it says '"
                            + found
                            + "' and not a number; restore a backup");
        }
        int format = Integer.parseInt(found);
        if (format < OLDEST || format > CURRENT) {
            throw new StorageException(
                    "the data directory "
                            + directory
                            + " has format "
                            + found
                            + ", and this version reads formats "
                            + OLDEST
                            + " to "
                            + CURRENT
                            + "; use the version that wrote it");
        }
        return format;
    }

    /**
     * True as well if only remains are there: nothing may be made new over them. A manifest alone
     * is what is left when the very first start is interrupted.
     */
    private static boolean holdsDatabase(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .anyMatch(name -> name.matches("CURRENT|[0-9]+\\.(sst|log)"));
        }
    }

    /** Notes in {@code directory}, durably, that what is written there is of this format. */
    static void mark(Path directory) throws IOException {
        Path written = directory.resolve(FILE + ".new");
        Files.writeString(
                written,
                CURRENT + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
        Failpoint.FORMAT_WRITTEN.reach();
        Files.move(written, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }
}
