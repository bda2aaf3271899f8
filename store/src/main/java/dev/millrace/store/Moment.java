package dev.millrace.store;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/**
 * The database as it was when this was made, whatever is written meanwhile, for several reads that
 * belong together. Keeps what was replaced since from being removed. One thread; to be closed,
 * after its scans.
 */
final class Moment implements AutoCloseable {
    private final RocksDB rocks;
    private final Snapshot snapshot;

    Moment(RocksDB rocks) {
        this.rocks = rocks;
        this.snapshot = rocks.getSnapshot();
    }

    byte @Nullable [] get(ColumnFamilyHandle family, byte[] key) {
        try (ReadOptions options = options()) {
            return rocks.get(family, options, key);
        } catch (RocksDBException unreadable) {
            throw Database.unreadable(unreadable);
        }
    }

    /** Entries with {@code from <= key < to}. */
    Scan scan(ColumnFamilyHandle family, byte[] from, byte[] to) {
        return new Scan(rocks, family, from, to, options());
    }

    private ReadOptions options() {
        return new ReadOptions().setSnapshot(snapshot);
    }

    @Override
    public void close() {
        rocks.releaseSnapshot(snapshot);
        snapshot.close();
    }
}
