package dev.millrace.server.http;

import dev.millrace.core.Bound;
import dev.millrace.engine.Pipeline;
import dev.millrace.server.live.LiveLimits;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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
 * @param stopPatience how long requests under way may take when the server stops
 * @param live what live streams may take
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
        int maxConnections,
        Duration stopPatience,
        LiveLimits live) {
    /**
     * What a chunked body takes while it is read, in {@code maxBodyBytes}: its length is not known,
     * and the web server reads each chunk whole, up to twice that limit, before it hands it on.
     */
    static final long CHUNKED_SHARE = 3;

    /** The longest that a server which was told to end may take. */
    public static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

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
        positive("stopPatience", stopPatience.toMillis());
        if (bodyMemoryBytes < CHUNKED_SHARE * maxBodyBytes) {
            throw new IllegalArgumentException(
                    "bodyMemoryBytes must be %d times maxBodyBytes or more, not %d"
                            .formatted(CHUNKED_SHARE, bodyMemoryBytes));
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
                Math.max(4L * body, Math.min(256L << 20, quarter)),
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                256 << 10,
                16 << 10,
                8 << 10,
                10_000,
                Duration.ofSeconds(5),
                LiveLimits.defaults());
    }

    /**
     * The largest chunk, and the longest body whose refusal can be read before the connection ends.
     */
    long maxPayloadBytes() {
        return (CHUNKED_SHARE - 1) * maxBodyBytes;
    }

    /** For {@code /limits}. */
    List<Bound> bounds() {
        List<Bound> bounds = new ArrayList<>(ownBounds());
        bounds.addAll(live.bounds());
        return bounds;
    }

    private List<Bound> ownBounds() {
        return List.of(
                new Bound("http.maxBodyBytes", maxBodyBytes, "bytes", "a body of events as sent"),
                new Bound(
                        "http.maxUnpackedBytes",
                        maxUnpackedBytes,
                        "bytes",
                        "a body of events once unpacked"),
                new Bound(
                        "http.bodyMemoryBytes",
                        bodyMemoryBytes,
                        "bytes",
                        "all bodies that are read, unpacked or waiting for the disk; past it a body"
                                + " waits, then it is refused with 429"),
                new Bound(
                        "http.bodyWait",
                        bodyWait.toMillis(),
                        "ms",
                        "how long a body waits for its share of that memory"),
                new Bound(
                        "http.bodyTimeout",
                        bodyTimeout.toMillis(),
                        "ms",
                        "how long the sender of a body may take"),
                new Bound(
                        "http.idleTimeout",
                        idleTimeout.toMillis(),
                        "ms",
                        "how long a connection may be silent before it is closed"),
                new Bound(
                        "http.zstdWindowBytes",
                        1L << BodyEncoding.ZSTD_WINDOW_LOG,
                        "bytes",
                        "the window that a zstd body may ask for"),
                new Bound(
                        "http.maxDocumentBytes",
                        maxDocumentBytes,
                        "bytes",
                        "any other body: a definition, a replay"),
                new Bound(
                        "http.maxHeaderBytes", maxHeaderBytes, "bytes", "the headers of a request"),
                new Bound(
                        "http.maxRequestLineBytes",
                        maxRequestLineBytes,
                        "bytes",
                        "method, path and query of a request"),
                new Bound(
                        "http.maxConnections",
                        maxConnections,
                        "connections",
                        "connections at one moment; further ones wait to be accepted"),
                new Bound(
                        "http.backlog",
                        HttpListener.BACKLOG,
                        "connections",
                        "connections that wait to be accepted"),
                new Bound(
                        "http.stopPatience",
                        stopPatience.toMillis(),
                        "ms",
                        "how long a stopping server waits for requests under way; new ones get 503"),
                new Bound(
                        "stopTimeout",
                        STOP_TIMEOUT.toMillis(),
                        "ms",
                        "the longest that SIGTERM takes to end the process, whatever hangs"),
                new Bound(
                        "http.rejectionsListed",
                        Pipeline.REJECTIONS_LISTED,
                        "events",
                        "rejected events of a body that the answer lists; the others are counted"),
                new Bound(
                        "deadLetters.perPage",
                        LetterRoutes.MAX_LIMIT,
                        "letters",
                        "letters in one answer"),
                new Bound(
                        "deadLetters.summaryCauses",
                        LetterRoutes.SUMMED_UP,
                        "causes",
                        "causes in one summary, those of most letters"),
                new Bound(
                        "deadLetters.deletesFor",
                        LetterRoutes.DELETES_FOR.toMillis(),
                        "ms",
                        "how long one request deletes letters by filter"));
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be 1 or more, not " + value);
        }
    }
}
