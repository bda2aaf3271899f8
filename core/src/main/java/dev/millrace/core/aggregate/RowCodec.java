package dev.millrace.core.aggregate;

import dev.millrace.core.MillraceException;

import org.jspecify.annotations.Nullable;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The stored form of a row, version 1: version {@code u8}, flags {@code u8} (1: final, 2:
 * retracted, 4: has an end), revision {@code i64} big-endian, the window's end {@code i64} if it
 * has one, then the accumulator: its longs, each zigzag-encoded in groups of seven bits, lowest
 * first (LEB128), and its sketches, each as LEB128 of its length, zero for nothing, and its bytes.
 * The accumulator stays with the row for as long as the row is kept, so that a correction is one
 * more addition.
 */
final class RowCodec {
    private static final byte VERSION = 1;
    private static final byte FINAL = 1;
    private static final byte RETRACTED = 2;
    private static final byte HAS_END = 4;
    private static final int REVISION_AT = 2;
    private static final int END_AT = REVISION_AT + Long.BYTES;

    /**
     * What a row is, apart from what it counts.
     *
     * @param endMs of the window, where that does not follow from its start; else {@link #NO_END}
     */
    record Head(long revision, boolean isFinal, boolean isRetracted, long endMs) {
        static final long NO_END = Long.MIN_VALUE;

        static Head of(long revision, boolean isFinal) {
            return new Head(revision, isFinal, false, NO_END);
        }
    }

    private RowCodec() {}

    /**
     * @param cells of which {@code count} are taken from {@code at} on
     * @param sketches encoded; empty for nothing
     */
    static byte[] encode(Head head, long[] cells, int at, int count, byte[]... sketches) {
        boolean hasEnd = head.endMs() != Head.NO_END;
        ByteBuffer out = ByteBuffer.allocate(length(hasEnd, cells, at, count, sketches));
        out.put(VERSION)
                .put(
                        (byte)
                                ((head.isFinal() ? FINAL : 0)
                                        | (head.isRetracted() ? RETRACTED : 0)
                                        | (hasEnd ? HAS_END : 0)))
                .putLong(head.revision());
        if (hasEnd) {
            out.putLong(head.endMs());
        }
        for (int i = at; i < at + count; i++) {
            putVariable(out, zigzag(cells[i]));
        }
        for (byte[] sketch : sketches) {
            putVariable(out, sketch.length);
            out.put(sketch);
        }
        return out.array();
    }

    /* Measured first, so that a commit's millions of rows are each written once, into their array. */
    private static int length(boolean hasEnd, long[] cells, int at, int count, byte[]... sketches) {
        int length = hasEnd ? END_AT + Long.BYTES : END_AT;
        for (int i = at; i < at + count; i++) {
            length += variableLength(zigzag(cells[i]));
        }
        for (byte[] sketch : sketches) {
            length = Math.addExact(length, variableLength(sketch.length) + sketch.length);
        }
        return length;
    }

    private static long zigzag(long cell) {
        return (cell << 1) ^ (cell >> 63);
    }

    private static int variableLength(long value) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(value | 1);
        return (bits + 6) / 7;
    }

    private static void putVariable(ByteBuffer out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    static Head head(byte[] row) {
        check(row);
        ByteBuffer in = ByteBuffer.wrap(row);
        boolean hasEnd = (row[1] & HAS_END) != 0;
        return new Head(
                in.getLong(REVISION_AT),
                (row[1] & FINAL) != 0,
                (row[1] & RETRACTED) != 0,
                hasEnd ? in.getLong(END_AT) : Head.NO_END);
    }

    /**
     * Fills {@code cells} from {@code at} on.
     *
     * @return the rest of the row, from which {@link #sketch} reads
     * @throws MillraceException if the row was not written with as many longs
     */
    static ByteBuffer decodeCells(byte[] row, long[] cells, int at, int count) {
        check(row);
        int start = (row[1] & HAS_END) != 0 ? END_AT + Long.BYTES : END_AT;
        ByteBuffer in = ByteBuffer.wrap(row);
        try {
            in.position(start);
            for (int i = at; i < at + count; i++) {
                long zigzag = variable(in);
                cells[i] = (zigzag >>> 1) ^ -(zigzag & 1);
            }
        } catch (BufferUnderflowException | IllegalArgumentException broken) {
            throw tooShort(broken);
        }
        return in;
    }

    /**
     * The next sketch's bytes; null for nothing.
     *
     * @throws MillraceException if the row was not written with as many
     */
    static @Nullable ByteBuffer sketch(ByteBuffer in) {
        try {
            long length = variable(in);
            if (length == 0) {
                return null;
            }
            ByteBuffer bytes = in.slice(in.position(), Math.toIntExact(length));
            in.position(in.position() + bytes.remaining());
            return bytes;
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | ArithmeticException broken) {
            throw tooShort(broken);
        }
    }

    private static long variable(ByteBuffer in) {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = in.get();
            value |= (next & 0x7fL) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }

    private static void check(byte[] row) {
        if (row.length < END_AT || row[0] != VERSION) {
            throw new MillraceException("a stored row has an unknown format or is broken");
        }
    }

    private static MillraceException tooShort(Exception cause) {
        return new MillraceException("a stored row is shorter than its aggregate needs", cause);
    }
}
