package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder for what a contestant writes, gone with it.
 *
 * @param path where it is
 */
public record TempFolder(Path path) implements AutoCloseable {
    public static TempFolder create() throws IOException {
        return new TempFolder(Files.createTempDirectory("millrace-bench"));
    }

    /**
     * Has it lie on a disk: in memory a sync costs nothing, and what is on disk would be a tale.
     *
     * @throws IOException if it does not
     */
    void requireDisk() throws IOException {
        String kind = Files.getFileStore(path).type();
        if (kind.equals("tmpfs") || kind.equals("ramfs")) {
            throw new IOException(
                    "%s is in memory (%s); set MILLRACE_JAVA_OPTS=-Djava.io.tmpdir=<a folder on a disk>"
                            .formatted(path, kind));
        }
    }

    /** Deletes it with all in it. */
    @Override
    public void close() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(path)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
