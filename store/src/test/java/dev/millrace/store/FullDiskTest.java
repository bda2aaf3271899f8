package dev.millrace.store;

import static dev.millrace.testing.CommitBuilder.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.port.StorageFullException;
import dev.millrace.core.port.StorageRoom;
import dev.millrace.testing.CommitBuilder;
import dev.millrace.testing.fault.LoopDisk;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** On a disk of 64 MiB of its own that is really full. */
@Timeout(180)
class FullDiskTest {
    /** RocksDB looks for room every five seconds. */
    private static final Duration RESUMED_WITHIN = Duration.ofSeconds(60);

    private static final int APPENDED_BYTES = 50_000;

    private final Random random = new Random(1);
    @TempDir private Path temp;
    private LoopDisk disk;
    private RocksStorage storage;
    private PipelineStore web;
    private final List<Long> acknowledged = new ArrayList<>();
    private long next;

    @BeforeEach
    void open() throws Exception {
        disk = LoopDisk.mount(temp, 64);
        storage = RocksStorage.open(disk.path().resolve("data"), StoreOptions.defaults());
        web = storage.create("web", Journals.FIRST);
    }

    @AfterEach
    void unmount() {
        if (disk != null) {
            try (LoopDisk _ = disk) {
                storage.close();
            }
        }
    }

    @Test
    void intakeStopsAtTheReserveWhileCommitsAndReadsGoOn() throws Exception {
        StorageRoom room = whereIntakeStops();
        // It goes on at a quarter more.
        assertThat(room.freeBytes()).isBetween(1L << 20, room.reserveBytes() * 5 / 4);
        assertThat(room.shortage())
                .hasValueSatisfying(reason ->
                        assertThat(reason)
                                .contains("the disk of " + disk.path().resolve("data"))
                                .contains("make room"));
        assertThat(storage.healthy()).isTrue();
        assertThat(Journals.offsets(web)).isEqualTo(acknowledged);
        assertThatThrownBy(() -> storage.create("other", Journals.FIRST))
                .isInstanceOf(StorageFullException.class);

        web.commit(row(1, 10_000));
        assertThat(web.row(1, 0, group(1))).hasSize(10_000);
    }

    @Test
    void trimmingTheJournalMakesRoomAndIntakeResumes() {
        appendUntilFull();
        await().atMost(RESUMED_WITHIN)
                .until(() -> {
                    web.trimJournal(next - 1, Long.MAX_VALUE, 1 << 20);
                    return storage.room().shortage().isEmpty();
                });
        append();
        long first = web.journalStart().orElseThrow();
        assertThat(first).isPositive();
        assertThat(Journals.offsets(web))
                .isEqualTo(acknowledged.subList((int) first, acknowledged.size()));
    }

    @Test
    void whatIsAcknowledgedAroundTheEndOfTheDiskIsThereOnceAndIntakeResumes() throws Exception {
        fillForGood();
        CommitBuilder big = commit().checkpoint("after");
        for (int row = 0; row < 3_000; row++) {
            big.row(1, row, group(row), bytes(2_000));
        }
        CompletableFuture<Void> committed =
                CompletableFuture.runAsync(() -> web.commit(big.build()));
        await().during(Duration.ofSeconds(1)).until(() -> !committed.isDone());

        assertThatThrownBy(this::append).isInstanceOf(StorageFullException.class);
        assertThat(storage.healthy()).isTrue();
        assertThat(Journals.offsets(web)).isEqualTo(acknowledged);
        assertThat(web.row(1, 0, group(0))).isNull();
        assertThat(committed).isNotDone();
        Path image = temp.resolve("crashed");
        Journals.copy(disk.path().resolve("data"), image);

        disk.empty();
        await().atMost(RESUMED_WITHIN).until(() -> storage.room().shortage().isEmpty());
        committed.join();
        append();
        assertThat(web.row(1, 0, group(0))).hasSize(2_000);
        assertThat(Journals.offsets(web)).isEqualTo(acknowledged);
        reopen();
        assertThat(Journals.offsets(web)).isEqualTo(acknowledged);
        assertThat(web.checkpoint()).contains("after".getBytes(StandardCharsets.UTF_8));
        append();

        try (RocksStorage crashed = RocksStorage.open(image, StoreOptions.defaults())) {
            assertThat(Journals.offsets(crashed.pipelines().getFirst()))
                    .startsWith(0L, 1L, 2L)
                    .hasSizeGreaterThanOrEqualTo(acknowledged.size() - 2);
        }
    }

    @Test
    void aCommitThatWaitsForRoomEndsWithTheStorage() throws Exception {
        fillForGood();
        CommitBuilder big = commit();
        for (int row = 0; row < 3_000; row++) {
            big.row(1, row, group(row), bytes(2_000));
        }
        CompletableFuture<Void> committed =
                CompletableFuture.runAsync(() -> web.commit(big.build()));
        await().during(Duration.ofSeconds(1)).until(() -> !committed.isDone());
        storage.close();
        assertThatThrownBy(committed::join).hasCauseInstanceOf(StorageException.class);

        disk.fill();
        assertThatThrownBy(this::reopen)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("disk is full");
        disk.empty();
        reopen();
        assertThat(Journals.offsets(web)).isEqualTo(acknowledged);
    }

    /** Some records, then a disk with not one free byte. */
    private void fillForGood() throws IOException {
        for (int i = 0; i < 20; i++) {
            append();
        }
        disk.fill();
    }

    /** Flushes and compactions give some room back, and intake goes on until they are over. */
    private StorageRoom whereIntakeStops() {
        return await().during(Duration.ofSeconds(1))
                .until(
                        () -> {
                            appendUntilFull();
                            if (storage.room().shortage().isEmpty()) {
                                // What is left is too little for an append, and above the reserve.
                                disk.take(APPENDED_BYTES);
                            }
                            return storage.room();
                        },
                        room -> room.shortage().isPresent());
    }

    private void appendUntilFull() {
        try {
            while (true) {
                append();
            }
        } catch (StorageFullException full) {
            assertThat(acknowledged).hasSizeGreaterThan(100);
        }
    }

    /** Takes a new offset each time, as the engine does. */
    private void append() {
        long offset = next++;
        Journals.append(storage, web, offset, bytes(APPENDED_BYTES));
        acknowledged.add(offset);
    }

    private void reopen() {
        storage.close();
        storage = RocksStorage.open(disk.path().resolve("data"), StoreOptions.defaults());
        web = storage.pipelines().getFirst();
    }

    private Commit row(int row, int bytes) {
        return commit().checkpoint("1").row(1, 0, group(row), bytes(bytes)).build();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] group(int number) {
        return Integer.toString(number).getBytes(StandardCharsets.UTF_8);
    }
}
