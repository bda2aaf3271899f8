package dev.millrace.store;

import dev.millrace.core.port.StorageException;

import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * Entries of one column family with {@code from <= key < to}, as they were when the scan was made,
 * whatever is written meanwhile. Stands nowhere until it is moved. One thread; to be closed.
 */
final class Scan implements AutoCloseable {
    private final Slice from;
    private final Slice to;
    private final ReadOptions options;
    private final RocksIterator entries;

    Scan(RocksDB rocks, ColumnFamilyHandle family, byte[] from, byte[] to, ReadOptions options) {
        this.from = new Slice(from);
        this.to = new Slice(to);
        this.options = options.setIterateLowerBound(this.from).setIterateUpperBound(this.to);
        this.entries = rocks.newIterator(family, options);
    }

    Scan toFirst() {
        entries.seekToFirst();
        return this;
    }

    Scan toLast() {
        entries.seekToLast();
        return this;
    }

    /** To the first entry at or above {@code key}. */
    Scan toOrAfter(byte[] key) {
        entries.seek(key);
        return this;
    }

    /** To the last entry at or below {@code key}. */
    Scan toOrBefore(byte[] key) {
        entries.seekForPrev(key);
        return this;
    }

    /**
     * Whether it stands on an entry.
     *
     * @throws StorageException if there is none because it could not be read
     */
    boolean valid() {
        if (entries.isValid()) {
            return true;
        }
        try {
            entries.status();
            return false;
        } catch (RocksDBException unreadable) {
            throw Database.unreadable(unreadable);
        }
    }

    void next() {
        entries.next();
    }

    byte[] key() {
        return entries.key();
    }

    byte[] value() {
        return entries.value();
    }

    @Override
    public void close() {
        entries.close();
        options.close();
        to.close();
        from.close();
    }
}
