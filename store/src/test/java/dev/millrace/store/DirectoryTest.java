package dev.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.port.StorageException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

class DirectoryTest {
    @TempDir private Path temp;

    @Test
    void isMadeWithItsParents() {
        Path directory = temp.resolve("a/b");
        open(directory).close();
        assertThat(directory.resolve("FORMAT")).hasContent("3");
    }

    /** What a process that was killed while it tried leaves there. */
    @Test
    void isRidOfTheTryAtDirectWrites() throws IOException {
        Path left = Files.writeString(temp.resolve(DirectWrites.NAME), "left");
        open(temp).close();
        assertThat(left).doesNotExist();
    }

    @Test
    void hasItsTablesWrittenAsTheTrySays() throws IOException {
        boolean direct = DirectWrites.arePossible(temp);
        open(temp).close();
        try (Stream<Path> files = Files.list(temp)) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("OPTIONS-")))
                    .isNotEmpty()
                    .allSatisfy(options ->
                            assertThat(options)
                                    .content()
                                    .contains("use_direct_io_for_flush_and_compaction=" + direct));
        }
    }

    @Test
    void isWrittenThroughThePageCacheWhereATryFails() {
        assertThat(DirectWrites.arePossible(temp.resolve("missing"))).isFalse();
    }

    @Test
    void ofAnOlderFormatIsLeftAlone() throws IOException {
        open(temp).close();
        Files.writeString(temp.resolve("FORMAT"), "1\n");
        assertRefused(temp, "has format 1, and this version reads formats 2 to 3");
    }

    @Test
    void ofANewerFormatIsLeftAlone() throws IOException {
        open(temp).close();
        Files.writeString(temp.resolve("FORMAT"), "4\n");
        assertRefused(temp, "has format 4, and this version reads formats 2 to 3");
    }

    /** Format 2 had no outboxes. */
    @Test
    void ofTheFormatBeforeIsCheckedAndTakenOver() throws IOException, RocksDBException {
        open(temp).close();
        Files.writeString(temp.resolve("FORMAT"), "2\n");
        dropOutboxes();

        Database.verify(temp);
        open(temp).close();

        assertThat(temp.resolve("FORMAT")).hasContent("3");
        Database.verify(temp);
    }

    private void dropOutboxes() throws RocksDBException {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        try (Options none = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(none, temp.toString())) {
                families.add(new ColumnFamilyDescriptor(name));
            }
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (DBOptions options = new DBOptions();
                RocksDB rocks = RocksDB.open(options, temp.toString(), families, handles)) {
            for (ColumnFamilyHandle handle : handles) {
                if (new String(handle.getName(), StandardCharsets.UTF_8).equals("outbox")) {
                    rocks.dropColumnFamily(handle);
                }
                handle.close();
            }
        }
    }

    @Test
    void withADamagedFormatIsRefused() throws IOException {
        open(temp).close();
        Files.writeString(temp.resolve("FORMAT"), "?");
        assertRefused(temp, "FORMAT is damaged");
    }

    @Test
    void withoutAFormatIsRefused() throws IOException {
        open(temp).close();
        Files.delete(temp.resolve("FORMAT"));
        assertRefused(temp, "FORMAT is missing");
    }

    @Test
    void thatIsAFileIsRefused() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");
        assertRefused(file, "it must be a directory that this user can read and write");
    }

    @Test
    void openedTwiceIsInUse() {
        try (RocksStorage _ = open(temp)) {
            assertRefused(temp, "is in use by another process");
        }
        open(temp).close();
    }

    @Test
    void interruptedAtItsVeryFirstStartIsMadeAnew() throws IOException {
        Files.writeString(temp.resolve("FORMAT"), "2\n");
        Files.write(temp.resolve("MANIFEST-000001"), new byte[10]);
        try (RocksStorage storage = open(temp)) {
            assertThat(storage.pipelines()).isEmpty();
        }
    }

    private static void assertRefused(Path directory, String because) {
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining(because);
    }

    private static RocksStorage open(Path directory) {
        return RocksStorage.open(directory, StoreOptions.defaults());
    }
}
