package dev.millrace.store;

import dev.millrace.core.port.StorageException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A look through one of RocksDB's logs (the write-ahead logs, and the manifest, which is one of the
 * tables there are) before RocksDB reads it, to say which file is damaged and where, and because
 * RocksDB 10.1 on its own does not tell all damage from the torn end that a crash leaves. Where a
 * flipped bit makes a length reach past the end of the file, it takes the record for one whose
 * writer died, and drops it and all after it in silence. Where one turns a type into that of a
 * recycled log, it never returns.
 *
 * <p>A length is not covered by its record's checksum, so a damaged one is known by this: the
 * checksum is right for a shorter length that is there. (By chance that holds for one torn record
 * in 100,000; it is refused, too.)
 *
 * <p>A log is a sequence of blocks of 32 KiB, the last may be shorter. A block is a sequence of
 * records, and zeros where less than a header is left. A record, little-endian: masked CRC-32C
 * {@code u32} of type and data, length {@code u16}, type {@code u8}, data. It follows RocksDB's
 * "Write Ahead Log File Format", without recycled logs.
 */
final class WriteAheadLog {
    private static final int BLOCK_BYTES = 32 * 1024;
    private static final int LENGTH_AT = Integer.BYTES;
    private static final int TYPE_AT = LENGTH_AT + Short.BYTES;
    private static final int HEADER_BYTES = TYPE_AT + 1;
    private static final int NONE = -1;

    private final ByteBuffer block =
            ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private boolean ended;

    private WriteAheadLog() {}

    /**
     * @throws StorageException if a log in {@code directory} is damaged otherwise than by a torn
     *     end, naming the file
     */
    static void verifyAll(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> logs =
                    files.filter(file ->
                                    file.getFileName()
                                            .toString()
                                            .matches("[0-9]+\\.log|MANIFEST-[0-9]+"))
                            .sorted()
                            .toList();
            for (Path log : logs) {
                verify(log);
            }
        } catch (IOException failed) {
            throw new StorageException(
                    "the write-ahead log in " + directory + " cannot be read: " + failed, failed);
        }
    }

    private static void verify(Path log) throws IOException {
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.READ)) {
            long damagedAt = new WriteAheadLog().damageIn(file);
            if (damagedAt != NONE) {
                throw new StorageException(
                        "the log "
                                + log
                                + " is damaged at byte "
                                + damagedAt
                                + ": what was acknowledged from there on cannot be trusted; restore"
                                + " a backup, or this file from another disk");
            }
        } catch (NoSuchFileException deleted) {
            // A process that has the storage open deleted it. RocksDB is about to find that out.
            return;
        }
    }

    private long damageIn(FileChannel file) throws IOException {
        for (long start = 0; ; start += BLOCK_BYTES) {
            read(file);
            if (block.limit() == 0) {
                return NONE;
            }
            int damagedAt = ended ? firstNonZero(0) : damageInBlock();
            if (damagedAt != NONE) {
                return start + damagedAt;
            }
        }
    }

    private void read(FileChannel file) throws IOException {
        block.clear();
        int read = 0;
        while (read >= 0 && block.hasRemaining()) {
            read = file.read(block);
        }
        block.flip();
    }

    private int damageInBlock() {
        int at = 0;
        while (block.limit() - at >= HEADER_BYTES) {
            int length = Short.toUnsignedInt(block.getShort(at + LENGTH_AT));
            int end = at + HEADER_BYTES + length;
            if (length == 0 && block.get(at + TYPE_AT) == 0) {
                ended = true;
                return firstNonZero(at);
            }
            if (end > block.limit()) {
                return block.limit() == BLOCK_BYTES || isWholeForSomeLength(at) ? at : NONE;
            }
            if (block.getInt(at) != masked(checksum(at + TYPE_AT, end))) {
                return at;
            }
            at = end;
        }
        return NONE;
    }

    private boolean isWholeForSomeLength(int at) {
        CRC32C checksum = new CRC32C();
        int expected = block.getInt(at);
        for (int i = at + TYPE_AT; i < block.limit(); i++) {
            checksum.update(block.get(i));
            if (masked(checksum) == expected) {
                return true;
            }
        }
        return false;
    }

    private CRC32C checksum(int from, int to) {
        CRC32C checksum = new CRC32C();
        checksum.update(block.array(), from, to - from);
        return checksum;
    }

    /** As RocksDB stores it: a checksum over bytes that hold checksums would be weak. */
    private static int masked(CRC32C checksum) {
        return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
    }

    private int firstNonZero(int from) {
        for (int i = from; i < block.limit(); i++) {
            if (block.get(i) != 0) {
                return i;
            }
        }
        return NONE;
    }
}
