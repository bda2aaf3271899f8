package dev.millrace.core.aggregate;

import dev.millrace.core.MillraceException;

import org.jspecify.annotations.Nullable;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The stored form of an accumulator: its longs, each zigzag-encoded in groups of seven bits, lowest
 * first (LEB128), and its sketches, each as LEB128 of its length, zero for nothing, and its bytes.
 */
final class AccumulatorCodec {
    private AccumulatorCodec() {}

    /* Measured first, so that a commit's millions of rows are each written once, into their array. */
    static int length(long[] cells, int at, int count, byte[]... sketches) {
        int length = 0;
        for (int i = at; i < at + count; i++) {
            length += variableLength(zigzag(cells[i]));
        }
        for (byte[] sketch : sketches) {
            length = Math.addExact(length, variableLength(sketch.length) + sketch.length);
        }
        return length;
    }

    /**
     * Writes an accumulator to {@code out[outAt]} and on.
     *
     * @param cells of which {@code count} are taken from {@code at} on
     * @param sketches encoded; empty for nothing
     * @return where it ends
     */
    static int put(byte[] out, int outAt, long[] cells, int at, int count, byte[]... sketches) {
        int end = outAt;
        for (int i = at; i < at + count; i++) {
            end = putVariable(out, end, zigzag(cells[i]));
        }
        for (byte[] sketch : sketches) {
            end = putVariable(out, end, sketch.length);
            System.arraycopy(sketch, 0, out, end, sketch.length);
            end += sketch.length;
        }
        return end;
    }

    /**
     * Fills {@code count} of {@code cells} from {@code at} on.
     *
     * @throws MillraceException if so many are not there
     */
    static void cells(ByteBuffer in, long[] cells, int at, int count) {
        for (int i = at; i < at + count; i++) {
            long zigzag = variable(in);
            cells[i] = (zigzag >>> 1) ^ -(zigzag & 1);
        }
    }

    /**
     * The next sketch's bytes; null for nothing.
     *
     * @throws MillraceException if there is none
     */
    static @Nullable ByteBuffer sketch(ByteBuffer in) {
        long length = variable(in);
        return length == 0 ? null : bytes(in, length);
    }

    /**
     * The next bytes.
     *
     * @throws MillraceException if so many are not there
     */
    static ByteBuffer bytes(ByteBuffer in, long length) {
        if (length < 0 || length > in.remaining()) {
            throw tooShort();
        }
        ByteBuffer bytes = in.slice(in.position(), (int) length);
        in.position(in.position() + bytes.remaining());
        return bytes;
    }

    /** How many bytes {@link #putVariable} takes. */
    static int variableLength(long value) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(value | 1);
        return (bits + 6) / 7;
    }

    /**
     * Writes an unsigned number as LEB128 to {@code out[at]} and on.
     *
     * @return where it ends
     */
    static int putVariable(byte[] out, int at, long value) {
        int end = at;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[end++] = (byte) rest;
        return end;
    }

    /**
     * Reads what {@link #putVariable} wrote.
     *
     * @throws MillraceException if it does not end
     */
    static long variable(ByteBuffer in) {
        try {
            long value = 0;
            int shift = 0;
            byte next;
            do {
                next = in.get();
                value |= (next & 0x7fL) << shift;
                shift += 7;
            } while (next < 0);
            return value;
        } catch (BufferUnderflowException _) {
            throw tooShort();
        }
    }

    private static long zigzag(long cell) {
        return (cell << 1) ^ (cell >> 63);
    }

    private static MillraceException tooShort() {
        return new MillraceException("a stored row is shorter than its aggregate needs");
    }
}
