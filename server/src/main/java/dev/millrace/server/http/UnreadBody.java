package dev.millrace.server.http;

import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
import io.helidon.webserver.http.ServerRequest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/**
 * Throws away the rest of a body that was refused, within bounds. A socket that is closed while
 * data comes in is reset, and then many clients lose the response that says why.
 */
final class UnreadBody {
    private static final long MOST_BYTES = 16 << 20;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private UnreadBody() {}

    static void discard(ServerRequest request) {
        // Who waits for a 100 has sent nothing yet and, with the final response, will not.
        if (request.content().consumed()
                || request.headers().containsToken(HeaderValues.EXPECT_100)) {
            return;
        }
        try {
            discard(RequestBody.stream(request));
        } catch (IOException
                | RequestException
                | UncheckedIOException
                | InsufficientDataAvailableException _) {
            // The client has gone, which is as good.
        }
    }

    private static void discard(InputStream rest) throws IOException {
        byte[] buffer = new byte[16 << 10];
        long end = System.nanoTime() + LONGEST_NANOS;
        long left = MOST_BYTES;
        while (left > 0 && System.nanoTime() < end) {
            int read = rest.read(buffer);
            if (read < 0) {
                return;
            }
            left -= read;
        }
    }
}
