package dev.millrace.store;

import dev.millrace.core.port.StorageException;

import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * RocksDB's native code. By itself RocksDB unpacks it to the temporary directory and takes it away
 * at the end of the process, so that each process that is killed leaves 15 MB there. Here it is
 * taken away once it is loaded.
 */
final class RocksLibrary {
    private static boolean loaded;

    private RocksLibrary() {}

    /**
     * Loads it, the first time.
     *
     * @throws StorageException if it cannot be unpacked
     */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        try {
            Path folder = Files.createTempDirectory("millrace-rocksdb-");
            NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
            takeAway(folder);
        } catch (IOException failed) {
            throw new StorageException(
                    "RocksDB's native code cannot be unpacked to the folder for temporary files (java.io.tmpdir): "
                            + failed.getMessage(),
                    failed);
        }
        RocksDB.loadLibrary();
        loaded = true;
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
