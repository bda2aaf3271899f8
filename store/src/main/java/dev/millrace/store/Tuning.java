package dev.millrace.store;

import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Properties;

/**
 * RocksDB's settings, and why. Owns the native objects behind them; to be closed after the
 * database.
 *
 * <p>Memory: one cache of block-cache and write-buffer size together, to which write buffers,
 * indexes and filters are all charged, so its size is the bound.
 *
 * <p>The journal's keys only ever grow, so its files never overlap, and a compaction of files that
 * overlap nothing only gives them another level ("trivial move"). That holds as long as nothing
 * asks for a rewrite: the same compression on all levels, no time to live, no deletions. One file
 * in level 0 is enough for a move, since trimming cannot remove files from level 0.
 *
 * <p>The journal is compressed with LZ4, for the sake of small records; records of 2 KiB and more
 * come packed already, and are tried in vain. ZSTD makes files little more than half as large as
 * LZ4, for about 0.2 µs of processor time more an event.
 *
 * <p>Tables are written past the page cache where that is possible: to copy them there takes
 * processor time, few read the copies, and the log's syncs may have to wait while the system writes
 * them back.
 */
final class Tuning implements AutoCloseable {
    private static final long MIB = 1L << 20;
    private static final double BLOOM_BITS_PER_KEY = 10;
    private static final int NO_TTL = 0;

    private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();
    private final StoreOptions options;
    private final boolean directWrites;
    private final LRUCache cache;
    private final BloomFilter bloom;
    private final DBOptions database;
    private final ColumnFamilyOptions meta;
    private final ColumnFamilyOptions rows;
    private final ColumnFamilyOptions letters;
    private final ColumnFamilyOptions letterIndex;
    private final ColumnFamilyOptions dedupe;
    private final ColumnFamilyOptions outbox;
    private final ColumnFamilyOptions journal;

    /**
     * @param directWrites whether the directory's files can be written past the page cache
     */
    Tuning(StoreOptions options, boolean directWrites) {
        this.options = options;
        this.directWrites = directWrites;
        cache = own(new LRUCache(options.blockCacheBytes() + options.writeBufferBytes()));
        bloom = own(new BloomFilter(BLOOM_BITS_PER_KEY));
        database = databaseOptions();
        meta = family(CompressionType.LZ4_COMPRESSION, 8 * MIB, table());
        rows = family(CompressionType.LZ4_COMPRESSION, 32 * MIB, table().setFilterPolicy(bloom));
        letters = family(CompressionType.LZ4_COMPRESSION, 16 * MIB, table().setFilterPolicy(bloom));
        letterIndex = family(CompressionType.LZ4_COMPRESSION, 16 * MIB, table());
        // Hashes do not compress.
        dedupe = family(CompressionType.NO_COMPRESSION, 16 * MIB, table());
        outbox = family(CompressionType.LZ4_COMPRESSION, 16 * MIB, table());
        journal = journalOptions();
    }

    DBOptions database() {
        return database;
    }

    ColumnFamilyOptions meta() {
        return meta;
    }

    ColumnFamilyOptions rows() {
        return rows;
    }

    ColumnFamilyOptions letters() {
        return letters;
    }

    ColumnFamilyOptions letterIndex() {
        return letterIndex;
    }

    ColumnFamilyOptions dedupe() {
        return dedupe;
    }

    ColumnFamilyOptions outbox() {
        return outbox;
    }

    ColumnFamilyOptions journal() {
        return journal;
    }

    @Override
    public void close() {
        owned.forEach(AbstractNativeReference::close);
    }

    private DBOptions databaseOptions() {
        /*
         * A torn tail of the log is what a crash leaves: it was never acknowledged and is cut. All
         * else is an error. "Tail" is meant for each log, so the manifest notes how long the logs
         * are that were finished, or one of them could be shortened in silence. The Java API has no
         * setter for it.
         */
        Properties properties = new Properties();
        properties.setProperty("track_and_verify_wals_in_manifest", "true");
        return own(DBOptions.getDBOptionsFromProps(properties))
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                .setMaxTotalWalSize(options.walBytesMax())
                .setWriteBufferManager(
                        own(new WriteBufferManager(options.writeBufferBytes(), cache)))
                // 4 MiB otherwise, which a small disk would feel.
                .setManifestPreallocationSize(64 * 1024)
                // Every start brings its own options; a full disk may have no room for the file.
                .setFailIfOptionsFileError(false)
                .setMaxOpenFiles(options.openFilesMax())
                .setMaxBackgroundJobs(options.backgroundJobs())
                // Tables in the page cache are written back bit by bit: no mountain at the log's
                // sync.
                .setBytesPerSync(MIB)
                .setUseDirectIoForFlushAndCompaction(directWrites)
                .setSkipStatsUpdateOnDbOpen(true)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(MIB)
                .setKeepLogFileNum(2);
    }

    private ColumnFamilyOptions journalOptions() {
        return family(CompressionType.LZ4_COMPRESSION, 32 * MIB, table().setBlockSize(32 * 1024))
                .setMaxWriteBufferNumber(4)
                .setLevel0FileNumCompactionTrigger(1);
    }

    private ColumnFamilyOptions family(
            CompressionType compression, long writeBufferBytes, BlockBasedTableConfig table) {
        return own(new ColumnFamilyOptions())
                .setWriteBufferSize(Math.min(writeBufferBytes, options.writeBufferBytes() / 4))
                .setCompressionType(compression)
                .setTtl(NO_TTL)
                .setPeriodicCompactionSeconds(NO_TTL)
                .setTableFormatConfig(table);
    }

    private BlockBasedTableConfig table() {
        return new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true);
    }

    private <T extends AbstractNativeReference> T own(T object) {
        owned.push(object);
        return object;
    }
}
