package dev.millrace.core.aggregate;

import dev.millrace.core.MillraceException;
import dev.millrace.core.event.KeyBuffer;

import java.nio.ByteBuffer;

/**
 * The stored form of a slice of a sliding aggregate: its groups in order of arrival, {@value
 * #CHUNK} in each row. A row's place is its number, {@code i32} big-endian. Version 2, as 1 is
 * {@link RowCodec}'s: version {@code u8}, then of each group its key's length and bytes, the
 * revision of the commit that last changed it, and its accumulator as {@link AccumulatorCodec}
 * writes it; numbers as LEB128.
 *
 * <p>A storage's cost is by the row, and nearly every event of a short slice has a group for
 * itself.
 */
final class SliceCodec {
    /** Groups in a stored row. */
    static final int CHUNK = 256;

    private static final byte VERSION = 2;

    private SliceCodec() {}

    /** The place of a chunk. */
    static byte[] key(int chunk) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(chunk).array();
    }

    /**
     * @param groups each led by its revision
     */
    static byte[] encode(Aggregation aggregation, GroupTable groups, int chunk) {
        int first = chunk * CHUNK;
        int end = Math.min(first + CHUNK, groups.size());
        byte[][][] sketches = new byte[end - first][][];
        int length = 1;
        for (int row = first; row < end; row++) {
            sketches[row - first] = aggregation.encodeSketches(groups, row);
            length = Math.addExact(length, length(aggregation, groups, row, sketches[row - first]));
        }
        byte[] out = new byte[length];
        out[0] = VERSION;
        int at = 1;
        for (int row = first; row < end; row++) {
            at = AccumulatorCodec.putVariable(out, at, groups.keyLength(row));
            at = groups.putKey(row, out, at);
            at = AccumulatorCodec.putVariable(out, at, groups.cells()[groups.leadAt(row)]);
            at =
                    AccumulatorCodec.put(
                            out,
                            at,
                            groups.cells(),
                            groups.at(row),
                            aggregation.cells(),
                            sketches[row - first]);
        }
        return out;
    }

    private static int length(
            Aggregation aggregation, GroupTable groups, int row, byte[]... sketches) {
        int keyLength = groups.keyLength(row);
        return AccumulatorCodec.variableLength(keyLength)
                + keyLength
                + AccumulatorCodec.variableLength(groups.cells()[groups.leadAt(row)])
                + AccumulatorCodec.length(
                        groups.cells(), groups.at(row), aggregation.cells(), sketches);
    }

    /**
     * Visits the groups of a stored row, in order of arrival.
     *
     * @param key to use
     * @throws MillraceException if the row is broken
     */
    static void decode(byte[] stored, KeyBuffer key, GroupVisitor visitor) {
        ByteBuffer in = ByteBuffer.wrap(stored);
        if (!in.hasRemaining() || in.get() != VERSION) {
            throw new MillraceException("a stored slice has an unknown format or is broken");
        }
        while (in.hasRemaining()) {
            long length = AccumulatorCodec.variable(in);
            if (length < 0 || length > in.remaining()) {
                throw new MillraceException("a stored slice ends within a group's key");
            }
            key.set(stored, in.position(), (int) length);
            in.position(in.position() + (int) length);
            visitor.group(key, AccumulatorCodec.variable(in), in);
        }
    }

    /** Receives the groups of a stored row. */
    @FunctionalInterface
    interface GroupVisitor {
        /**
         * @param key valid until the visitor returns
         * @param accumulator stands before it, and must be read
         */
        void group(KeyBuffer key, long revision, ByteBuffer accumulator);
    }
}
