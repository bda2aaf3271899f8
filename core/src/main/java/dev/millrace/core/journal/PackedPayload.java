package dev.millrace.core.journal;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.lz4.Lz4JavaCompressor;
import io.airlift.compress.v3.lz4.Lz4JavaDecompressor;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A payload made smaller: its length {@code i32}, then one LZ4 block to the end.
 *
 * <p>Events of one request are much alike, so a large payload shrinks to a seventh. That is done by
 * the thread of the request, before the record waits for the journal: the log, the tables behind it
 * and the disk have that much less to copy, check and write.
 */
final class PackedPayload {
    /** Less does not shrink by what packing costs. */
    static final int BYTES_MIN = 2 << 10;

    /** LZ4 makes no more than this many bytes out of one. */
    private static final int EXPANSION_MAX = 255;

    private PackedPayload() {}

    /**
     * The payload packed behind a header, which is left zero; null if it is small, or would not
     * become smaller by an eighth.
     *
     * @return an array of just the length, at position 0
     */
    static @Nullable ByteBuffer pack(ByteBuffer payload, int headerBytes) {
        int length = payload.remaining();
        if (length < BYTES_MIN) {
            return null;
        }
        Lz4JavaCompressor compressor = new Lz4JavaCompressor();
        int begin = headerBytes + Integer.BYTES;
        byte[] bytes = new byte[begin + compressor.maxCompressedLength(length)];
        int packed =
                compressor.compress(
                        payload.array(),
                        payload.arrayOffset() + payload.position(),
                        length,
                        bytes,
                        begin,
                        bytes.length - begin);
        if (packed > length - length / 8) {
            return null;
        }
        return ByteBuffer.wrap(Arrays.copyOf(bytes, begin + packed)).putInt(headerBytes, length);
    }

    /**
     * @throws IllegalArgumentException if it is no packed payload
     */
    static byte[] unpack(ByteBuffer in) {
        int length = in.getInt();
        int packed = in.remaining();
        if (length < 0 || length > (long) EXPANSION_MAX * packed) {
            throw new IllegalArgumentException(
                    "%d bytes do not unpack to %d".formatted(packed, length));
        }
        byte[] payload = new byte[length];
        try {
            int unpacked =
                    new Lz4JavaDecompressor()
                            .decompress(
                                    in.array(),
                                    in.arrayOffset() + in.position(),
                                    packed,
                                    payload,
                                    0,
                                    length);
            if (unpacked != length) {
                throw new IllegalArgumentException(
                        "%d bytes were unpacked instead of %d".formatted(unpacked, length));
            }
        } catch (MalformedInputException broken) {
            throw new IllegalArgumentException("the payload cannot be unpacked", broken);
        }
        in.position(in.limit());
        return payload;
    }
}
