package dev.millrace.server.http;

import java.time.Duration;

/**
 * What one request, and all requests together, may take of the server.
 *
 * @param maxBodyBytes bytes of a body of events as sent
 * @param maxUnpackedBytes bytes of a body of events once unpacked
 * @param bodyMemoryBytes bytes of all bodies of events that are read, unpacked or waiting for the
 *     disk at one moment
 * @param bodyWait how long a body waits for its share of that memory before it is refused
 * @param bodyTimeout how long the sender of a body may take
 * @param idleTimeout how long a connection may be silent before it is closed
 * @param maxDocumentBytes bytes of any other body: a definition, a replay
 * @param maxHeaderBytes bytes of all headers of a request
 * @param maxRequestLineBytes bytes of method, path and query
 * @param maxConnections connections at one moment
 */
public record HttpLimits(
        int maxBodyBytes,
        int maxUnpackedBytes,
        long bodyMemoryBytes,
        Duration bodyWait,
        Duration bodyTimeout,
        Duration idleTimeout,
        int maxDocumentBytes,
        int maxHeaderBytes,
        int maxRequestLineBytes,
        int maxConnections) {
    public HttpLimits {
        positive("maxBodyBytes", maxBodyBytes);
        positive("maxUnpackedBytes", maxUnpackedBytes);
        positive("bodyWait", bodyWait.toMillis());
        positive("bodyTimeout", bodyTimeout.toMillis());
        positive("idleTimeout", idleTimeout.toMillis());
        positive("maxDocumentBytes", maxDocumentBytes);
        positive("maxHeaderBytes", maxHeaderBytes);
        positive("maxRequestLineBytes", maxRequestLineBytes);
        positive("maxConnections", maxConnections);
        long largest = 2L * maxUnpackedBytes;
        if (bodyMemoryBytes < maxBodyBytes) {
            throw new IllegalArgumentException(
                    "bodyMemoryBytes must hold one body of "
                            + maxBodyBytes
                            + " bytes, not "
                            + bodyMemoryBytes);
        }
        if (largest > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "maxUnpackedBytes must be under 1 GiB, not " + maxUnpackedBytes);
        }
    }

    /**
     * 10 MiB a body and 100 MiB unpacked; for all bodies together 256 MiB or a quarter of the heap,
     * whichever is less.
     */
    public static HttpLimits defaults() {
        int body = 10 << 20;
        long quarter = Runtime.getRuntime().maxMemory() / 4;
        return new HttpLimits(
                body,
                100 << 20,
                Math.max(body, Math.min(256L << 20, quarter)),
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                256 << 10,
                16 << 10,
                8 << 10,
                10_000);
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be 1 or more, not " + value);
        }
    }
}
