package dev.millrace.store;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.millrace.core.port.StorageException;

import org.jspecify.annotations.Nullable;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

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
 * by {@code java.library.path}, where RocksDB looks before it unpacks.
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
        try {
            Path folder = Files.createTempDirectory("millrace-rocksdb-");
            NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
            takeAway(folder, System.getProperty(KEPT_IN));
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
    private static void takeAway(Path folder, @Nullable String keptIn) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (keptIn != null) {
                    Path kept = Files.createDirectories(Path.of(keptIn));
                    Files.copy(file, kept.resolve(file.getFileName()), REPLACE_EXISTING);
                }
                boolean _ = file.toFile().delete();
            }
        }
        if (!folder.toFile().delete()) {
            folder.toFile().deleteOnExit();
        }
    }
}
