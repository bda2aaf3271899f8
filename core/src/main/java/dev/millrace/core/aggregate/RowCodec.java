package dev.millrace.core.aggregate;

import dev.millrace.core.MillraceException;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The stored form of a row, version 1: version {@code u8}, flags {@code u8} (1: final), revision
 * {@code i64} big-endian, then the accumulator's longs, each zigzag-encoded in groups of seven
 * bits, lowest first (LEB128). The accumulator stays with the row for as long as the row is kept,
 * so that a correction is one more addition.
 */
final class RowCodec {
    private static final byte VERSION = 1;
    private static final byte FINAL = 1;
    private static final int REVISION_AT = 2;
    private static final int CELLS_AT = REVISION_AT + Long.BYTES;

    private RowCodec() {}

    static byte[] encode(long revision, boolean isFinal, long[] cells, int at, int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(CELLS_AT + 3 * count);
        out.write(VERSION);
        out.write(isFinal ? FINAL : 0);
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            out.write((int) (revision >>> shift));
        }
        for (int i = at; i < at + count; i++) {
            long rest = (cells[i] << 1) ^ (cells[i] >> 63);
            while ((rest & ~0x7fL) != 0) {
                out.write((int) (rest | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
        return out.toByteArray();
    }

    static long revision(byte[] row) {
        return ByteBuffer.wrap(row).getLong(REVISION_AT);
    }

    static boolean isFinal(byte[] row) {
        return (row[1] & FINAL) != 0;
    }

    /** Fills {@code cells} from {@code at} to its end with the accumulator. */
    static void decodeCells(byte[] row, long[] cells, int at) {
        decodeCells(row, cells, at, cells.length - at);
    }

    /**
     * @throws MillraceException if the row was not written with as many longs
     */
    static void decodeCells(byte[] row, long[] cells, int at, int count) {
        if (row.length < CELLS_AT || row[0] != VERSION) {
            throw new MillraceException("a stored row has an unknown format or is broken");
        }
        ByteBuffer in = ByteBuffer.wrap(row, CELLS_AT, row.length - CELLS_AT);
        try {
            for (int i = at; i < at + count; i++) {
                long rest = 0;
                int shift = 0;
                byte next;
                do {
                    next = in.get();
                    rest |= (next & 0x7fL) << shift;
                    shift += 7;
                } while (next < 0);
                cells[i] = (rest >>> 1) ^ -(rest & 1);
            }
        } catch (BufferUnderflowException broken) {
            throw new MillraceException("a stored row is shorter than its aggregate needs", broken);
        }
    }
}
