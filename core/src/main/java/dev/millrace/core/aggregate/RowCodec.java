package dev.millrace.core.aggregate;

import dev.millrace.core.MillraceException;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The stored form of a row, version 1: version {@code u8}, flags {@code u8} (1: final, 2:
 * retracted, 4: has an end), revision {@code i64} big-endian, the window's end {@code i64} if it
 * has one, then the accumulator as {@link AccumulatorCodec} writes it. The accumulator stays with
 * the row for as long as the row is kept, so that a correction is one more addition.
 */
final class RowCodec {
    private static final byte VERSION = 1;
    private static final byte FINAL = 1;
    private static final byte RETRACTED = 2;
    private static final byte HAS_END = 4;
    private static final int REVISION_AT = 2;
    private static final int END_AT = REVISION_AT + Long.BYTES;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

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
        int start = hasEnd ? END_AT + Long.BYTES : END_AT;
        byte[] out =
                new byte[Math.addExact(start, AccumulatorCodec.length(cells, at, count, sketches))];
        out[0] = VERSION;
        out[1] =
                (byte)
                        ((head.isFinal() ? FINAL : 0)
                                | (head.isRetracted() ? RETRACTED : 0)
                                | (hasEnd ? HAS_END : 0));
        LONG.set(out, REVISION_AT, head.revision());
        if (hasEnd) {
            LONG.set(out, END_AT, head.endMs());
        }
        int _ = AccumulatorCodec.put(out, start, cells, at, count, sketches);
        return out;
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

    /** What follows the head, for {@link AccumulatorCodec} to read. */
    static ByteBuffer accumulator(byte[] row) {
        check(row);
        int start = (row[1] & HAS_END) != 0 ? END_AT + Long.BYTES : END_AT;
        if (row.length < start) {
            throw broken();
        }
        return ByteBuffer.wrap(row, start, row.length - start);
    }

    private static void check(byte[] row) {
        if (row.length < END_AT || row[0] != VERSION) {
            throw broken();
        }
    }

    private static MillraceException broken() {
        return new MillraceException("a stored row has an unknown format or is broken");
    }
}
