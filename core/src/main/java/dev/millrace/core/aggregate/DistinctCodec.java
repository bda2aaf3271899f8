package dev.millrace.core.aggregate;

import dev.millrace.core.MillraceException;

import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The stored forms of a {@link DistinctSketch}: 1, then the hashes, {@code i64} big-endian, in any
 * order; or 2, then an HLL sketch as {@link SealedBytes}. Later forms take other numbers.
 */
final class DistinctCodec {
    private static final byte EXACT = 1;
    private static final byte ESTIMATE = 2;

    private DistinctCodec() {}

    static byte[] encode(long... hashes) {
        ByteBuffer out = ByteBuffer.allocate(1 + Long.BYTES * hashes.length).put(EXACT);
        for (long hash : hashes) {
            out.putLong(hash);
        }
        return out.array();
    }

    static byte[] encode(HllUnion union) {
        return SealedBytes.seal(ESTIMATE, union.toCompactByteArray());
    }

    /**
     * @throws MillraceException if the bytes are none of the forms
     */
    static DistinctSketch decode(ByteBuffer in) {
        if (!in.hasRemaining()) {
            throw SealedBytes.damaged("it is empty");
        }
        byte form = in.get();
        return switch (form) {
            case EXACT -> exact(in);
            case ESTIMATE -> SealedBytes.open(in, DistinctCodec::estimate);
            default -> throw SealedBytes.damaged("a distinct count of form " + form);
        };
    }

    private static DistinctSketch exact(ByteBuffer in) {
        int count = in.remaining() / Long.BYTES;
        if (in.remaining() % Long.BYTES != 0 || count == 0 || count > DistinctSketch.EXACT_MAX) {
            throw SealedBytes.damaged(in.remaining() + " bytes of hashes");
        }
        DistinctSketch sketch = new DistinctOne(hash(in));
        while (in.hasRemaining()) {
            sketch = sketch.add(hash(in));
        }
        if (sketch.size() != count) {
            throw SealedBytes.damaged("a hash that comes twice");
        }
        return sketch;
    }

    private static long hash(ByteBuffer in) {
        long hash = in.getLong();
        if (hash == 0) {
            throw SealedBytes.damaged("a hash of 0");
        }
        return hash;
    }

    private static DistinctSketch estimate(MemorySegment bytes) {
        HllSketch sketch = HllSketch.heapify(bytes);
        if (sketch.getLgConfigK() != DistinctEstimate.LG_REGISTERS || sketch.isEmpty()) {
            throw SealedBytes.damaged("an HLL sketch of another size");
        }
        return new DistinctEstimate(sketch);
    }
}
