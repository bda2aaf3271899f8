package dev.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.core.port.PipelineStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyMetaData;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** A journal in many files: what was received at an offset's own number of milliseconds. */
class JournalFilesTest {
    private static final int RECORDS = 400;
    private static final int PAYLOAD_BYTES = 30_000;
    private static final int RECORDS_OF_A_FILE_MAX = 60;
    private static final StoreOptions SMALL = StoreOptions.defaults().withMemory(1 << 20, 1 << 20);

    @TempDir private Path directory;
    private final TreeSet<Path> tables = new TreeSet<>();
    private RocksStorage storage;
    private PipelineStore web;

    @BeforeEach
    void fillManyFiles() throws IOException {
        Random random = new Random(1);
        storage = RocksStorage.open(directory, SMALL);
        web = storage.create("web", Journals.FIRST);
        for (int offset = 0; offset < RECORDS; offset++) {
            byte[] payload = new byte[PAYLOAD_BYTES];
            random.nextBytes(payload);
            Journals.append(storage, web, offset, payload);
            tables.addAll(Journals.files(directory, ".sst"));
        }
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void isNeverRewritten() throws IOException {
        await().untilAsserted(() -> assertThat(filesInLevelZero()).isZero());
        // A file that is rewritten is replaced by one of another name.
        assertThat(tables).hasSizeGreaterThan(20);
        assertThat(Journals.files(directory, ".sst")).containsAll(tables);
    }

    @Test
    void isTrimmedByAge() {
        assertTrimmedTo(300, RECORDS, 300, Long.MAX_VALUE);
    }

    @Test
    void isTrimmedBySize() {
        // What is not in a file yet is not counted.
        long start = 300 + RECORDS_OF_A_FILE_MAX / 4;
        assertTrimmedTo(start, RECORDS, Long.MIN_VALUE, (RECORDS - 300) * PAYLOAD_BYTES);
    }

    @Test
    void isTrimmedBelowABoundOnly() {
        assertTrimmedTo(200, 200, Long.MAX_VALUE, 0);
        assertThat(Journals.offsets(web)).contains(200L).endsWith((long) RECORDS - 1);
    }

    @Test
    void isTrimmedToItsNewestFilesAndGrowsOn() throws IOException {
        int before = Journals.files(directory, ".sst").size();
        assertTrimmedTo(RECORDS, Long.MAX_VALUE, Long.MAX_VALUE, 0);
        await().untilAsserted(() ->
                assertThat(Journals.files(directory, ".sst").size()).isLessThan(before / 2));
        Journals.append(storage, web, RECORDS, new byte[1]);
        assertThat(Journals.offsets(web)).endsWith((long) RECORDS);
    }

    /** Again and again, since files can be trimmed only once they have left level 0. */
    private void assertTrimmedTo(long start, long below, long notBeforeMs, long maxBytes) {
        await().untilAsserted(() -> {
            web.trimJournal(below, notBeforeMs, maxBytes);
            assertThat(web.journalStart().getAsLong())
                    .isBetween(start - RECORDS_OF_A_FILE_MAX, start);
        });
        assertThat(Journals.offsets(web)).hasSize((int) (RECORDS - web.journalStart().getAsLong()));
    }

    private int filesInLevelZero() throws RocksDBException {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (Options none = new Options();
                Tuning tuning = new Tuning(SMALL, false)) {
            for (byte[] name : RocksDB.listColumnFamilies(none, directory.toString())) {
                families.add(new ColumnFamilyDescriptor(name));
            }
            try (RocksDB rocks =
                    RocksDB.openReadOnly(
                            tuning.database(), directory.toString(), families, handles)) {
                ColumnFamilyMetaData journal = rocks.getColumnFamilyMetaData(handles.getLast());
                handles.forEach(ColumnFamilyHandle::close);
                return journal.levels().getFirst().files().size();
            }
        }
    }
}
