package dev.millrace.store;

import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.port.Failpoint;
import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.PipelineStore.JournalVisitor;

import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileMetaData;
import org.rocksdb.WriteBatch;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/** One pipeline's journal, a column family of its own. One thread at a time appends. */
final class Journal {
    private static final byte[] FIRST = Keys.offset(0);
    private static final byte[] END = {(byte) 0xff};
    private static final long NONE = -1;

    private final Database database;
    private final ColumnFamilyHandle family;
    private long newest;

    Journal(Database database, ColumnFamilyHandle family) {
        this.database = database;
        this.family = family;
        try (Scan records = database.scan(family, FIRST, END).toLast()) {
            newest = records.valid() ? Keys.offsetOf(records.key()) : NONE;
        }
    }

    /**
     * @throws IllegalArgumentException if an offset is not higher than the one before it
     */
    void requireGrowing(List<JournalAppend> appends) {
        long last = newest;
        for (JournalAppend append : appends) {
            if (append.offset() <= last) {
                throw new IllegalArgumentException(
                        "offset " + append.offset() + " does not come after " + last);
            }
            last = append.offset();
        }
    }

    void stage(List<JournalAppend> appends, WriteBatch batch) throws RocksDBException {
        for (JournalAppend append : appends) {
            batch.put(family, Keys.offset(append.offset()), append.record());
        }
    }

    void written(List<JournalAppend> appends) {
        newest = appends.getLast().offset();
    }

    void read(long from, JournalVisitor visitor) {
        try (Scan records = database.sweep(family, FIRST, END)) {
            records.toOrBefore(Keys.offset(from));
            if (!records.valid() || !holds(records, from)) {
                records.toOrAfter(Keys.offset(from));
            }
            boolean more = true;
            while (more && records.valid()) {
                more = visitor.record(Keys.offsetOf(records.key()), records.value());
                records.next();
            }
        }
    }

    OptionalLong start() {
        try (Scan records = database.scan(family, FIRST, END).toFirst()) {
            return records.valid()
                    ? OptionalLong.of(Keys.offsetOf(records.key()))
                    : OptionalLong.empty();
        }
    }

    void trim(long below, long notBeforeMs, long maxBytes) {
        List<SstFileMetaData> files =
                database.files(family).stream()
                        .sorted(Comparator.comparingLong(it -> Keys.offsetOf(it.smallestKey())))
                        .toList();
        long bytes = files.stream().mapToLong(SstFileMetaData::size).sum();
        byte[] last = null;
        try (Scan records = database.scan(family, FIRST, END)) {
            for (SstFileMetaData file : files) {
                records.toOrAfter(file.largestKey());
                boolean unwanted = bytes > maxBytes || isOlder(records, notBeforeMs);
                if (!unwanted || !endsAtOrBefore(below, records)) {
                    break;
                }
                bytes -= file.size();
                last = file.largestKey();
            }
        }
        if (last != null) {
            Failpoint.JOURNAL_TRIM.reach();
            database.deleteFiles(family, FIRST, last);
            Failpoint.JOURNAL_TRIMMED.reach();
        }
    }

    private static boolean holds(Scan record, long offset) {
        return offset < Keys.offsetOf(record.key()) + JournalCodec.width(record.value());
    }

    private static boolean isOlder(Scan record, long notBeforeMs) {
        return record.valid() && JournalCodec.receivedAtMs(record.value()) < notBeforeMs;
    }

    private static boolean endsAtOrBefore(long bound, Scan record) {
        return record.valid()
                && Keys.offsetOf(record.key()) + JournalCodec.width(record.value()) <= bound;
    }
}
