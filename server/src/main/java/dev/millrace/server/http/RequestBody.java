package dev.millrace.server.http;

import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;

/** Reads a body as it was sent into memory, within a limit of bytes and time. */
final class RequestBody {
    /** A larger body gets its array as it comes in, so that memory follows what was really sent. */
    private static final int TRUSTED_LENGTH = 1 << 20;

    private static final int FIRST_ARRAY = 16 << 10;
    private static final String UNREAD = "millrace.unread";

    private final int maxBytes;
    private final Duration timeout;

    RequestBody(int maxBytes, Duration timeout) {
        this.maxBytes = maxBytes;
        this.timeout = timeout;
    }

    /**
     * Reads the whole body.
     *
     * @param share is resized to what the body takes
     * @throws Refusal if it is too large, came too slowly, or ended before its time
     */
    byte[] read(ServerRequest request, BodyMemory.Share share) {
        OptionalLong length = contentLength(request);
        if (length.isPresent() && length.getAsLong() > maxBytes) {
            throw tooLarge(length.getAsLong() + " bytes");
        }
        if (request.content().consumed()) {
            return new byte[0];
        }
        InputStream in = request.content().inputStream();
        try {
            return length.isPresent()
                    ? readKnown(in, (int) length.getAsLong(), share)
                    : readChunks(in, share);
        } catch (Refusal refusal) {
            leave(request, in);
            throw refusal;
        } catch (InsufficientDataAvailableException e) {
            throw broken(request, "The body ended before the length that was announced.");
        } catch (RequestException | NumberFormatException e) {
            if (e instanceof RequestException refused && refused.status().code() == 413) {
                leave(request, InputStream.nullInputStream());
                throw tooLarge("more");
            }
            throw broken(request, "The chunks of the body are broken.");
        } catch (IOException | UncheckedIOException e) {
            throw new CloseConnectionException("the client has gone", e);
        }
    }

    private byte[] readKnown(InputStream in, int length, BodyMemory.Share share)
            throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        byte[] body = array(Math.min(length, TRUSTED_LENGTH), share);
        int filled = 0;
        while ((filled = fill(in, body, filled, deadline)) < length) {
            if (filled < body.length) {
                throw new InsufficientDataAvailableException();
            }
            int larger = (int) Math.min(length, 2L * body.length);
            share.resize((long) body.length + larger);
            body = Arrays.copyOf(body, larger);
            share.resize(larger);
        }
        // The end must be seen for the connection to know that the body is over.
        in.read();
        return body;
    }

    /**
     * Of a chunked body the length is not known, and the web server reads each chunk whole before
     * it hands it on: the largest is set aside beforehand.
     */
    private byte[] readChunks(InputStream in, BodyMemory.Share share) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        share.resize(HttpLimits.CHUNKED_SHARE * maxBytes);
        byte[] body = new byte[FIRST_ARRAY];
        int filled = 0;
        while ((filled = fill(in, body, filled, deadline)) == body.length) {
            if (body.length > maxBytes) {
                throw tooLarge("more");
            }
            body = Arrays.copyOf(body, (int) Math.min(maxBytes + 1L, 2L * body.length));
        }
        body = Arrays.copyOf(body, filled);
        share.resize(filled);
        return body;
    }

    /** Reads until the array is full or the body over; returns how much of the array is filled. */
    private int fill(InputStream in, byte[] body, int from, long deadline) throws IOException {
        int filled = from;
        while (filled < body.length) {
            int read = in.read(body, filled, body.length - filled);
            if (read < 0) {
                return filled;
            }
            filled += read;
            if (System.nanoTime() - deadline > 0) {
                throw new Refusal(
                        ProblemType.TIMEOUT,
                        "The body did not come within %d seconds; nothing was written."
                                .formatted(timeout.toSeconds()));
            }
        }
        return filled;
    }

    private static byte[] array(int length, BodyMemory.Share share) {
        share.resize(length);
        return new byte[length];
    }

    private static OptionalLong contentLength(ServerRequest request) {
        return request.headers().contains(HeaderNames.TRANSFER_ENCODING)
                ? OptionalLong.empty()
                : request.headers().contentLength();
    }

    private Refusal tooLarge(String found) {
        return new Refusal(
                ProblemType.TOO_LARGE,
                "The body has %s; at most %d bytes are taken as sent. Nothing was written."
                        .formatted(found, maxBytes));
    }

    private static Refusal broken(ServerRequest request, String detail) {
        leave(request, InputStream.nullInputStream());
        return new Refusal(ProblemType.MALFORMED, detail + " Nothing was written.");
    }

    /** Remembers what is left of a body, since it can be asked for only once. */
    private static void leave(ServerRequest request, InputStream rest) {
        request.context().register(UNREAD, rest);
    }

    /** The rest of a body, whether its reading has begun or not. */
    static InputStream stream(ServerRequest request) {
        return request.context()
                .get(UNREAD, InputStream.class)
                .orElseGet(() -> request.content().inputStream());
    }
}
