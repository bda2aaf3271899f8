package dev.millrace.store;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.millrace.core.port.StorageException;

import org.jspecify.annotations.Nullable;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * RocksDB's native code. By itself RocksDB unpacks it to the temporary directory and takes it away
 * at the end of the process, so that each process that is killed leaves 15 MB there. Here it is
 * taken away once it is loaded.
 *
 * <p>Unpacking takes a fifth of a server's start. The {@code millrace} script spares it: a first
 * process is told by {@link #KEPT_IN} to leave the file in a folder, and later ones find it there
 * by {@code java.library.path}, and need no folder for temporary files.
 */
final class RocksLibrary {
    /** The system property that names the folder in which the unpacked file is kept. */
    static final String KEPT_IN = "millrace.native.keep";

    private static boolean loaded;

    private RocksLibrary() {}

    /**
     * Loads it, the first time.
     *
     * @throws StorageException if it cannot be unpacked or kept
     */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        if (!isUnpacked()) {
            unpack();
        }
        RocksDB.loadLibrary();
        loaded = true;
    }

    /** Whether {@code java.library.path} has it. */
    // RocksDB does the same, and whoever runs us allows it that.
    @SuppressWarnings("restricted")
    private static boolean isUnpacked() {
        try {
            System.loadLibrary(Environment.getJniLibraryName("rocksdb"));
            return true;
        } catch (UnsatisfiedLinkError notThere) {
            return false;
        }
    }

    private static void unpack() {
        try {
            Path folder = Files.createTempDirectory("millrace-rocksdb-");
            try {
                NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
                keep(folder, System.getProperty(KEPT_IN));
            } finally {
                takeAway(folder);
            }
        } catch (IOException failed) {
            throw new StorageException(
                    "RocksDB's native code cannot be unpacked to the folder for temporary files (java.io.tmpdir): "
                            + failed.getMessage(),
                    failed);
        }
    }

    private static void keep(Path folder, @Nullable String in) throws IOException {
        if (in == null) {
            return;
        }
        Path kept = Files.createDirectories(Path.of(in));
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, kept.resolve(file.getFileName()), REPLACE_EXISTING);
            }
        }
    }

    /** Where the system keeps a loaded library from being deleted, it goes with the process. */
    private static void takeAway(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                boolean _ = file.toFile().delete();
            }
        }
        if (!folder.toFile().delete()) {
            folder.toFile().deleteOnExit();
        }
    }
}
