package dev.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.StorageException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/** On a log of several blocks that RocksDB wrote, with records within a block and over several. */
class WriteAheadLogTest {
    private static final int BLOCK_BYTES = 32 * 1024;
    private static final int TRAILER_BYTES_MAX = 6;

    @TempDir private Path temp;
    private Path log;
    private byte[] whole;

    @BeforeEach
    void writeLog() throws IOException {
        Path directory = temp.resolve("running");
        Random random = new Random(1);
        try (RocksStorage storage = RocksStorage.open(directory, StoreOptions.defaults())) {
            PipelineStore web = storage.create("web", Journals.FIRST);
            for (int offset = 0; offset < 12; offset++) {
                byte[] payload = new byte[offset == 7 ? 2 * BLOCK_BYTES : random.nextInt(300)];
                random.nextBytes(payload);
                Journals.append(storage, web, offset, payload);
            }
            Path live = Journals.files(directory, ".log").getLast();
            whole = Files.readAllBytes(live);
            log = Files.createDirectory(temp.resolve("logs")).resolve(live.getFileName());
        }
        assertThat(whole.length).isGreaterThan(2 * BLOCK_BYTES);
    }

    @Test
    void aWholeLogIsRight() throws IOException {
        Files.write(log, whole);
        WriteAheadLog.verifyAll(log.getParent());
    }

    @Test
    void aLogCutAnywhereIsTorn() throws IOException {
        for (int length = 0; length < whole.length; length += 211) {
            Files.write(log, Arrays.copyOf(whole, length));
            WriteAheadLog.verifyAll(log.getParent());
        }
    }

    @Test
    void everyFlippedBitInTheLastBlockIsFound() throws IOException {
        Files.write(log, whole);
        int lastBlock = whole.length / BLOCK_BYTES * BLOCK_BYTES;
        for (int bit = lastBlock * Byte.SIZE; bit < whole.length * Byte.SIZE; bit++) {
            assertFlipIsFound(bit);
        }
    }

    @Test
    void flippedBitsInFullBlocksAreFound() throws IOException {
        Files.write(log, whole);
        for (int bit = 0; bit < whole.length * Byte.SIZE; bit += 211) {
            if (bit / Byte.SIZE % BLOCK_BYTES < BLOCK_BYTES - TRAILER_BYTES_MAX) {
                assertFlipIsFound(bit);
            }
        }
    }

    private void assertFlipIsFound(int bit) throws IOException {
        int at = bit / Byte.SIZE;
        write(at, whole[at] ^ 1 << bit % Byte.SIZE);
        try {
            WriteAheadLog.verifyAll(log.getParent());
            fail("bit %d was flipped and nobody noticed", bit);
        } catch (StorageException found) {
            assertThat(found).hasMessageContaining(log.toString());
        }
        write(at, whole[at]);
    }

    private void write(int at, int value) throws IOException {
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {(byte) value}), at);
        }
    }
}
