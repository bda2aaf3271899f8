package dev.millrace.store;

import static dev.millrace.testing.CommitBuilder.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.StorageException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A torn end is what a crash leaves, and is cut; anything else is an error that names the file. */
class DamageTest {
    private static final byte[] PAYLOAD = {'{', '}'};

    /** In each file. */
    private static final int FLIPS = 10;

    @TempDir private Path temp;
    private Path image;
    private Path log;
    private byte[] whole;
    private int lastRecordAt;

    @BeforeEach
    void crashAfterThreeRecords() throws IOException {
        Path directory = temp.resolve("running");
        image = temp.resolve("image");
        try (RocksStorage storage = RocksStorage.open(directory, StoreOptions.defaults())) {
            PipelineStore web = storage.create("web", Journals.FIRST);
            Path live = Journals.files(directory, ".log").getLast();
            Journals.append(storage, web, 0, PAYLOAD);
            Journals.append(storage, web, 1, PAYLOAD);
            lastRecordAt = (int) Files.size(live);
            Journals.append(storage, web, 2, PAYLOAD);
            Journals.copy(directory, image);
            log = image.resolve(live.getFileName());
        }
        whole = Files.readAllBytes(log);
    }

    @Test
    void everyTornEndIsCut() throws IOException {
        for (int length = lastRecordAt; length < whole.length; length++) {
            Path crashed = crashed(Arrays.copyOf(whole, length));
            try (RocksStorage storage = RocksStorage.open(crashed, StoreOptions.defaults())) {
                PipelineStore web = storage.pipelines().getFirst();
                assertThat(Journals.offsets(web)).as("cut at %d", length).containsExactly(0L, 1L);
                Journals.append(storage, web, 2, PAYLOAD);
                assertThat(Journals.offsets(web)).containsExactly(0L, 1L, 2L);
            }
        }
    }

    @Test
    void zerosThatWereNeverWrittenAreCut() throws IOException {
        Path crashed = crashed(Arrays.copyOf(whole, whole.length + 5_000));
        try (RocksStorage storage = RocksStorage.open(crashed, StoreOptions.defaults())) {
            assertThat(Journals.offsets(storage.pipelines().getFirst())).hasSize(3);
        }
    }

    @Test
    void aFlippedBitIsAnErrorThatNamesTheFile() throws IOException {
        int bits = whole.length * Byte.SIZE;
        for (int bit = 3; bit < bits; bit += bits / 40) {
            byte[] damaged = whole.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            Path crashed = crashed(damaged);
            assertThatThrownBy(() -> RocksStorage.open(crashed, StoreOptions.defaults()))
                    .as("bit %d", bit)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(crashed.resolve(log.getFileName()).toString());
        }
    }

    @Test
    void aLogThatWasFinishedAndIsShorterIsAnError() throws IOException {
        Path directory = temp.resolve("two");
        StoreOptions small = StoreOptions.defaults().withMemory(1 << 20, 1 << 20);
        try (RocksStorage storage = RocksStorage.open(directory, small)) {
            PipelineStore web = storage.create("web", Journals.FIRST);
            PipelineStore idle = storage.create("idle", Journals.FIRST);
            Journals.append(storage, idle, 0, PAYLOAD);
            for (int offset = 0; Journals.files(directory, ".log").size() < 2; offset++) {
                Journals.append(storage, web, offset, new byte[100_000]);
            }
            Journals.append(storage, idle, 1, PAYLOAD);
            Journals.copy(directory, image);
        }
        Path finished = Journals.files(image, ".log").getFirst();
        byte[] bytes = Files.readAllBytes(finished);
        Files.write(finished, Arrays.copyOf(bytes, bytes.length - 1));

        assertThatThrownBy(() -> RocksStorage.open(image, small))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(image.toString());
    }

    @Test
    void aDamagedTableIsAnErrorWhenItIsRead() throws IOException {
        Path directory = temp.resolve("table");
        byte[] payload = new byte[100_000];
        new Random(1).nextBytes(payload);
        try (RocksStorage storage = RocksStorage.open(directory, StoreOptions.defaults())) {
            PipelineStore web = storage.create("web", Journals.FIRST);
            for (int offset = 0; offset < 4; offset++) {
                Journals.append(storage, web, offset, payload);
            }
        }
        // Opening moves what is in the log to a table.
        RocksStorage.open(directory, StoreOptions.defaults()).close();
        for (Path table : Journals.files(directory, ".sst")) {
            byte[] bytes = Files.readAllBytes(table);
            if (bytes.length > payload.length) {
                bytes[payload.length / 2] ^= 1;
                Files.write(table, bytes);
            }
        }

        try (RocksStorage storage = RocksStorage.open(directory, StoreOptions.defaults())) {
            PipelineStore web = storage.pipelines().getFirst();
            assertThatThrownBy(() -> Journals.offsets(web))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(directory.toString());
        }
    }

    /**
     * Every file of a data directory, wherever the bit is: the same is found as before, or it is
     * said that something is wrong; nothing is missing in silence.
     */
    @Test
    void aFlippedBitAnywhereIsHarmlessOrReported() throws IOException {
        long seed = System.nanoTime();
        System.out.println("DamageTest: seed " + seed);
        Random random = new Random(seed);
        Path running = temp.resolve("all");
        Path sound = temp.resolve("sound");
        try (RocksStorage storage = RocksStorage.open(running, StoreOptions.defaults())) {
            fill(storage, storage.create("web", Journals.FIRST), 0, random);
        }
        // Opening moves what is in the log to tables; the rest stays in the log.
        try (RocksStorage storage = RocksStorage.open(running, StoreOptions.defaults())) {
            fill(storage, storage.pipelines().getFirst(), 20, random);
            Journals.copy(running, sound);
        }
        Path copy = temp.resolve("damaged");
        Journals.copy(sound, copy);
        String expected = contents(copy);
        List<Path> files =
                Journals.files(sound, "").stream()
                        .filter(file -> !file.getFileName().toString().matches("LOG.*|LOCK"))
                        .toList();
        Map<String, Integer> reported = new TreeMap<>();
        for (int i = 0; i < FLIPS * files.size(); i++) {
            Path file = files.get(i % files.size());
            String name = file.getFileName().toString();
            byte[] bytes = Files.readAllBytes(file);
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            Journals.copy(sound, copy);
            Files.write(copy.resolve(name), bytes);
            try {
                assertThat(contents(copy))
                        .as("%s at %d, seed %d", name, at, seed)
                        .isEqualTo(expected);
                reported.merge(name, 0, Integer::sum);
            } catch (StorageException said) {
                reported.merge(name, 1, Integer::sum);
            }
        }
        System.out.println("DamageTest: of " + FLIPS + " flips each reported: " + reported);
        assertThat(reported).hasSize(files.size());
        assertThat(reported.get(Files.readString(sound.resolve("CURRENT")).strip()))
                .isEqualTo(FLIPS);
    }

    private static void fill(RocksStorage storage, PipelineStore web, int from, Random random) {
        for (int n = from; n < from + 20; n++) {
            byte[] payload = new byte[1_000];
            random.nextBytes(payload);
            Journals.append(storage, web, n, payload);
            web.commit(
                    commit().checkpoint("c" + n)
                            .row(1, n, "g" + n, "v" + n)
                            .expire(1, n - 30L)
                            .dedupe(n % 2, n, n, n, n)
                            .build());
        }
    }

    /** All that a storage holds, as text. */
    private static String contents(Path directory) {
        StringBuilder all = new StringBuilder();
        try (RocksStorage storage = RocksStorage.open(directory, StoreOptions.defaults())) {
            for (PipelineStore web : storage.pipelines()) {
                all.append(web.pipeline()).append(web.versions());
                all.append(Arrays.toString(web.checkpoint().orElseThrow()));
                web.readJournal(0, (offset, record) -> add(all, offset + Arrays.toString(record)));
                web.rows(
                        1,
                        0,
                        Long.MAX_VALUE,
                        null,
                        (start, group, row) ->
                                add(all, start + Arrays.toString(group) + Arrays.toString(row)));
                for (int partition = 0; partition < 2; partition++) {
                    web.readDedupe(
                            partition,
                            0,
                            block -> add(all, block.sequence() + Arrays.toString(block.ids())));
                }
                web.letters(LetterFilter.ALL, null, letter -> add(all, letter.toString()));
            }
        }
        return all.toString();
    }

    private static boolean add(StringBuilder to, String text) {
        to.append(text);
        return true;
    }

    @Test
    void nothingIsMadeNewOverRemains() throws IOException {
        Files.delete(image.resolve("CURRENT"));
        assertThatThrownBy(() -> RocksStorage.open(image, StoreOptions.defaults()))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(image.toString());
        assertThat(log).hasBinaryContent(whole);
    }

    private Path crashed(byte[] logBytes) throws IOException {
        Path crashed = temp.resolve("crashed");
        Journals.copy(image, crashed);
        Files.write(crashed.resolve(log.getFileName()), logBytes);
        return crashed;
    }
}
