package dev.millrace.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A directory that is there whole or not at all. It is filled under another name beside its own,
 * and renamed when all of it is on disk. A crash in between leaves the other name, {@code
 * .NAME.partial-…}, which may be deleted.
 */
final class StagedDirectory implements AutoCloseable {
    private final Path target;
    private final Path parent;
    private final Path staged;

    private StagedDirectory(Path target, Path parent) {
        this.target = target;
        this.parent = parent;
        this.staged = parent.resolve("." + target.getFileName() + ".partial-" + UUID.randomUUID());
    }

    /**
     * @param directory must not be there, or be empty; its parents are made
     * @param apartFrom must neither be it, nor be in it, nor hold it
     * @throws IllegalArgumentException if it cannot be that directory; the message says why
     */
    static StagedDirectory forNew(Path directory, Path apartFrom) throws IOException {
        Path absolute = directory.toAbsolutePath().normalize();
        Path above = absolute.getParent();
        if (above == null) {
            throw new IllegalArgumentException(directory + " cannot be made");
        }
        Path target = realPath(absolute);
        Path other = realPath(apartFrom.toAbsolutePath().normalize());
        if (target.startsWith(other) || other.startsWith(target)) {
            throw new IllegalArgumentException(
                    "%s and %s must lie apart".formatted(directory, apartFrom));
        }
        requireEmpty(target, directory);
        Path parent = target.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(directory + " cannot be made");
        }
        Files.createDirectories(parent);
        return new StagedDirectory(target, parent);
    }

    /** Links are followed as far as there is something. */
    private static Path realPath(Path path) throws IOException {
        if (Files.exists(path)) {
            return path.toRealPath();
        }
        Path parent = path.getParent();
        return parent == null ? path : realPath(parent).resolve(path.getFileName());
    }

    private static void requireEmpty(Path target, Path asGiven) throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new IllegalArgumentException(asGiven + " is no directory");
        }
        try (Stream<Path> entries = Files.list(target)) {
            if (entries.findAny().isPresent()) {
                throw new IllegalArgumentException(
                        asGiven + " is not empty; name a directory that is not there yet");
            }
        }
    }

    /** Where to write; not there yet. */
    Path path() {
        return staged;
    }

    /** Syncs what was written, and gives it its name. */
    Path complete() throws IOException {
        for (Path file : entries(staged)) {
            sync(file);
        }
        sync(staged);
        Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
        sync(parent);
        return target;
    }

    private static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Removes what was not completed. */
    @Override
    public void close() throws IOException {
        // RocksDB fills a checkpoint under a further name of its own.
        for (Path left : List.of(staged, staged.resolveSibling(staged.getFileName() + ".tmp"))) {
            if (Files.exists(left)) {
                for (Path file : entries(left)) {
                    Files.delete(file);
                }
                Files.delete(left);
            }
        }
    }
}
