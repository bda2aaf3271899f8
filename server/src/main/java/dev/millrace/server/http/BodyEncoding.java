package dev.millrace.server.http;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** How a body of events is packed, by {@code Content-Encoding}. */
enum BodyEncoding {
    IDENTITY {
        @Override
        InputStream unpacking(byte[] packed) {
            return new ByteArrayInputStream(packed);
        }

        @Override
        long announced(byte[] packed) {
            return packed.length;
        }
    },

    /** RFC 1952; several members one after the other are one body. */
    GZIP {
        @Override
        InputStream unpacking(byte[] packed) throws IOException {
            return new WholeGzip(packed);
        }

        @Override
        long announced(byte[] packed) {
            int end = packed.length;
            return end < 4
                    ? 0
                    : (packed[end - 4] & 0xffL)
                            | (packed[end - 3] & 0xffL) << 8
                            | (packed[end - 2] & 0xffL) << 16
                            | (packed[end - 1] & 0xffL) << 24;
        }
    },

    /** RFC 8878, with windows of 8 MiB at most, as it recommends. */
    ZSTD {
        @Override
        InputStream unpacking(byte[] packed) throws IOException {
            return new ZstdInputStream(new ByteArrayInputStream(packed))
                    .setLongMax(ZSTD_WINDOW_LOG);
        }

        @Override
        long announced(byte[] packed) {
            return Math.max(0, Zstd.getFrameContentSize(packed));
        }
    };

    /** Bytes of native memory that a zstd frame may ask for, as a power of two. */
    static final int ZSTD_WINDOW_LOG = 23;

    static final String ALLOWED = "gzip, zstd, identity";

    /** Streams what {@code packed} holds. Fails where it is cut short or broken. */
    abstract InputStream unpacking(byte[] packed) throws IOException;

    /** The unpacked length as the body says it; not to be trusted. */
    abstract long announced(byte[] packed);

    /**
     * Reads a {@code Content-Encoding}.
     *
     * @throws Refusal if it is none of {@link #ALLOWED}
     */
    static BodyEncoding of(String header) {
        return switch (header.strip().toLowerCase(Locale.ROOT)) {
            case "identity", "" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            case "zstd" -> ZSTD;
            default ->
                    throw new Refusal(
                            ProblemType.UNSUPPORTED_MEDIA_TYPE,
                            "Content-Encoding '%s' is not taken; allowed: %s."
                                    .formatted(header, ALLOWED));
        };
    }

    /**
     * Unpacks a body.
     *
     * @param share holds the packed body, and afterwards the unpacked one alone
     * @throws Refusal if it is broken, or larger than {@code maxBytes}
     */
    byte[] unpack(byte[] packed, int maxBytes, BodyMemory.Share share) {
        if (this == IDENTITY) {
            return packed;
        }
        // The announced length is trusted only as far as such a body usually shrinks.
        long guess = Math.min(announced(packed), 32L * packed.length);
        int size = Math.clamp(guess, 1 << 10, maxBytes);
        try (InputStream in = unpacking(packed)) {
            share.resize(2L * packed.length + size);
            byte[] body = new byte[size];
            int filled = in.readNBytes(body, 0, size);
            while (filled == body.length) {
                int next = in.read();
                if (next < 0) {
                    break;
                }
                if (filled == maxBytes) {
                    throw new Refusal(
                            ProblemType.TOO_LARGE,
                            "The body unpacks to more than %d bytes; nothing was written."
                                    .formatted(maxBytes));
                }
                int larger = (int) Math.min(maxBytes, 2L * body.length);
                share.resize(2L * packed.length + body.length + larger);
                body = Arrays.copyOf(body, larger);
                body[filled++] = (byte) next;
                filled += in.readNBytes(body, filled, larger - filled);
            }
            byte[] exact = filled == body.length ? body : Arrays.copyOf(body, filled);
            share.resize(exact.length);
            return exact;
        } catch (IOException e) {
            throw new Refusal(
                    ProblemType.MALFORMED,
                    "The body is no whole %s: %s. Nothing was written."
                            .formatted(name().toLowerCase(Locale.ROOT), reason(e)));
        }
    }

    private static String reason(IOException e) {
        return e instanceof EOFException || e.getMessage() == null
                ? "it is cut short"
                : e.getMessage();
    }

    /** Unlike its parent it does not pass over what follows the last member. */
    private static final class WholeGzip extends GZIPInputStream {
        private final int length;

        /** One buffer holds the body, so that what is left over is all in the inflater. */
        WholeGzip(byte[] packed) throws IOException {
            super(new ByteArrayInputStream(packed), Math.max(512, packed.length));
            this.length = packed.length;
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            int read = super.read(target, offset, count);
            if (read < 0 && inf.getRemaining() > TRAILER) {
                throw new IOException(
                        "%d bytes follow its end"
                                .formatted(Math.min(length, inf.getRemaining() - TRAILER)));
            }
            return read;
        }

        private static final int TRAILER = 8;
    }
}
