package dev.millrace.store;

import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether tables can be written to a directory past the system's page cache. */
final class DirectWrites {
    static final String NAME = "direct-writes.tmp";
    private static final System.Logger LOG = System.getLogger(DirectWrites.class.getName());

    private DirectWrites() {}

    /** Writes a small table, since neither systems nor file systems tell. */
    static boolean arePossible(Path directory) {
        Path table = directory.resolve(NAME);
        try (EnvOptions direct = new EnvOptions().setUseDirectWrites(true);
                Options options = new Options();
                SstFileWriter writer = new SstFileWriter(direct, options)) {
            writer.open(table.toString());
            writer.put(new byte[1], new byte[1]);
            writer.finish();
            return true;
        } catch (RocksDBException refused) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "tables in {0} are written through the page cache: {1}",
                    directory,
                    refused.getMessage());
            return false;
        } finally {
            remove(table);
        }
    }

    private static void remove(Path table) {
        try {
            boolean _ = Files.deleteIfExists(table);
        } catch (IOException stays) {
            // A small file, which the next start takes again.
        }
    }
}
