package dev.millrace.server.demo;

import dev.millrace.core.MillraceException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Where a demo keeps its data.
 *
 * @param temporary whether the folder is the demo's own, and goes with it
 */
record DemoFolder(Path path, boolean temporary) implements AutoCloseable {
    /**
     * @param chosen a folder that is kept; null: a fresh temporary one
     */
    static DemoFolder of(@Nullable Path chosen) {
        try {
            return chosen == null
                    ? new DemoFolder(Files.createTempDirectory("millrace-demo-"), true)
                    : new DemoFolder(chosen, false);
        } catch (IOException e) {
            throw new MillraceException(
                    "no temporary folder can be made (%s); name one with --data"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    /** Deletes a temporary folder with all it holds. */
    @Override
    public void close() {
        if (!temporary) {
            return;
        }
        try {
            Files.walkFileTree(path, new Deletion());
        } catch (IOException e) {
            throw new MillraceException(
                    "%s cannot be deleted; delete it by hand".formatted(path), e);
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
