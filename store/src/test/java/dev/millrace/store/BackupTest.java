package dev.millrace.store;

import static dev.millrace.testing.CommitBuilder.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.StorageException;
import dev.millrace.testing.fault.LoopDisk;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

@Timeout(600)
class BackupTest {
    private static final byte[] PAYLOAD = new byte[20_000];

    @TempDir private Path temp;
    private Path data;
    private Path backup;
    private RocksStorage storage;
    private PipelineStore web;

    @BeforeEach
    void open() {
        new Random(1).nextBytes(PAYLOAD);
        data = temp.resolve("data");
        backup = temp.resolve("backups/monday");
        // Small buffers, so that tables and logs come and go meanwhile.
        storage = RocksStorage.open(data, StoreOptions.defaults().withMemory(1 << 20, 1 << 20));
        web = storage.create("web", Journals.FIRST);
    }

    @AfterEach
    void close() {
        storage.close();
    }

    /** Record n is appended, then committed as the checkpoint n with the row n. */
    @Test
    void aBackupTakenWhileEventsComeInIsOneMomentOfAllFamilies() throws Exception {
        AtomicLong committed = new AtomicLong(-1);
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> writing =
                CompletableFuture.runAsync(() -> {
                    for (long n = 0; !enough.get(); n++) {
                        Journals.append(storage, web, n, PAYLOAD);
                        web.commit(
                                commit().checkpoint(Long.toString(n))
                                        .row(1, n, "g", Long.toString(n))
                                        .build());
                        committed.set(n);
                    }
                });
        for (int round = 0; round < 5; round++) {
            long before = committed.get() + 100;
            while (committed.get() < before && !writing.isDone()) {
                Thread.onSpinWait();
            }
            Path taken = temp.resolve("taken-" + round);
            before = committed.get();
            BackupReport report = storage.backup(taken);
            long after = committed.get() + 1;

            assertThat(report.directory()).isEqualTo(taken);
            Path restored = temp.resolve("restored-" + round);
            assertThat(Backups.restore(taken, restored).takenAtMs()).isEqualTo(report.takenAtMs());
            try (RocksStorage copy = RocksStorage.open(restored, StoreOptions.defaults())) {
                PipelineStore its = copy.pipelines().getFirst();
                long n = Long.parseLong(new String(its.checkpoint().orElseThrow(), UTF_8));
                assertThat(n).isBetween(before, after);
                List<Long> rows = new ArrayList<>();
                its.rows(1, 0, Long.MAX_VALUE, null, (start, _, _) -> rows.add(start));
                assertThat(rows).containsExactlyElementsOf(countingTo(n + 1));
                List<Long> offsets = Journals.offsets(its);
                assertThat(offsets).hasSizeBetween((int) n + 1, (int) n + 2);
                assertThat(offsets).containsExactlyElementsOf(countingTo(offsets.size()));
            }
        }
        enough.set(true);
        writing.join();
        assertThat(Journals.files(temp, "")).noneMatch(it -> it.toString().contains(".partial-"));
    }

    @Test
    void anEmptyDirectoryWillDo() throws IOException {
        Files.createDirectories(backup);
        storage.backup(backup);
        Path restored = Files.createDirectories(temp.resolve("restored"));
        Backups.restore(backup, restored);
        RocksStorage.open(restored, StoreOptions.defaults()).close();
    }

    /** Else a sink's system could not tell that the two have put out other things since. */
    @Test
    void whatIsRestoredIsAnotherInstanceFromThenOn() {
        storage.backup(backup);
        Path restored = temp.resolve("restored");
        Backups.restore(backup, restored);

        String its;
        try (RocksStorage copy = RocksStorage.open(restored, StoreOptions.defaults())) {
            its = copy.pipelines().getFirst().identity();
        }
        assertThat(its).isNotEqualTo(web.identity());
        try (RocksStorage again = RocksStorage.open(restored, StoreOptions.defaults())) {
            assertThat(again.pipelines().getFirst().identity()).isEqualTo(its);
        }
    }

    @Test
    void aBackupIsRefusedWhereItWouldDoHarm() throws IOException {
        Files.createDirectories(backup);
        Files.writeString(backup.resolve("mine"), "");
        Path file = Files.writeString(temp.resolve("file"), "");
        Path link = Files.createSymbolicLink(temp.resolve("link"), data);
        refuses(backup, "is not empty");
        refuses(file, "is no directory");
        refuses(data, "must lie apart");
        refuses(data.resolve("inside"), "must lie apart");
        refuses(link.resolve("inside"), "must lie apart");
        refuses(temp, "must lie apart");
        refuses(Path.of("relative"), "must be an absolute path");
        assertThat(storage.healthy()).isTrue();
    }

    @Test
    void aBackupThatCannotBeWrittenLeavesNothingAndHarmsNobody() throws Exception {
        try (LoopDisk small = LoopDisk.mount(temp, 64)) {
            small.fill();
            assertThatThrownBy(() -> storage.backup(small.path().resolve("backup")))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("No space left");
            assertThat(Journals.files(small.path(), "")).hasSize(2);
            assertThat(storage.healthy()).isTrue();
            Journals.append(storage, web, 0, PAYLOAD);
        }
    }

    @Test
    void aDamagedBackupIsRefusedWhereverTheBitIs() throws IOException {
        for (int n = 0; n < 100; n++) {
            Journals.append(storage, web, n, PAYLOAD);
        }
        storage.backup(backup);
        long seed = 7;
        Random random = new Random(seed);
        int files = Journals.files(backup, "").size();
        for (int i = 0; i < 4 * files; i++) {
            Path copy = temp.resolve("copy");
            Journals.copy(backup, copy);
            Path file = Journals.files(copy, "").get(i % files);
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length == 0) {
                continue;
            }
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            Files.write(file, bytes);
            assertThatThrownBy(() -> Backups.restore(copy, temp.resolve("restored")))
                    .as("%s at %d, seed %d", file, at, seed)
                    .isInstanceOf(StorageException.class);
            assertThat(temp.resolve("restored")).doesNotExist();
        }
    }

    @Test
    void anIncompleteOrNewerOrForeignBackupIsRefused() throws IOException {
        storage.backup(backup);
        Path incomplete = temp.resolve("incomplete");
        Journals.copy(backup, incomplete);
        Files.delete(Journals.files(incomplete, ".sst").getFirst());
        Path newer = temp.resolve("newer");
        Journals.copy(backup, newer);
        Files.writeString(newer.resolve("FORMAT"), "99\n");

        restoreFails(incomplete, "is missing");
        restoreFails(newer, "has format 99");
        restoreFails(data, "is no backup");
        restoreFails(temp.resolve("nowhere"), "is no backup");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backups.restore(backup, data))
                .withMessageContaining("is not empty");
    }

    private void restoreFails(Path from, String because) {
        assertThatThrownBy(() -> Backups.restore(from, temp.resolve("restored")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(because);
    }

    private void refuses(Path directory, String because) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> storage.backup(directory))
                .withMessageContaining(because);
    }

    private static List<Long> countingTo(long end) {
        return LongStream.range(0, end).boxed().toList();
    }
}
