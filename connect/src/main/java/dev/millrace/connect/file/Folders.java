package dev.millrace.connect.file;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Makes folders, and their entries durable. */
final class Folders {
    private Folders() {}

    /**
     * Makes a folder below another, with all between.
     *
     * @throws IOException if it cannot be made, or a symbolic link leads it out of the other
     */
    static void makeBelow(Path root, Path folder) throws IOException {
        Files.createDirectories(root);
        Path existing = folder;
        while (!Files.exists(existing)) {
            existing = parent(existing);
        }
        requireBelow(root, existing);
        Files.createDirectories(folder);
        requireBelow(root, folder);
        for (Path made = folder; !made.equals(existing); made = parent(made)) {
            sync(parent(made));
        }
    }

    private static Path parent(Path absolute) {
        return Objects.requireNonNullElse(absolute.getParent(), absolute);
    }

    private static void requireBelow(Path root, Path folder) throws IOException {
        Path real = folder.toRealPath();
        if (!real.startsWith(root.toRealPath())) {
            throw new IOException(
                    "a symbolic link leads to %s, which is not below %s".formatted(real, root));
        }
    }

    /** Returns once the names in it are durable. */
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, READ)) {
            channel.force(true);
        }
    }
}
