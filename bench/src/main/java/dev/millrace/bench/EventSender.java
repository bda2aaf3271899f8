package dev.millrace.bench;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Sends page views of its own over one connection: a pool of lines that come round again under new
 * ids and the present time. For one thread.
 */
final class EventSender implements Closeable {
    private static final int POOL = 1_000;
    private static final int PAGES = 2_000;
    private static final long SPAN_MS = 1_000;

    private final HttpConnection connection;
    private final byte[] head;
    private final byte[] pool;
    private final int bytes;
    private long sequence;

    /**
     * @param run six characters that no other sender to this server has
     * @param events in a request; divides 1,000
     */
    EventSender(URI server, String run, long seed, int events) throws IOException {
        this.connection = new HttpConnection(server);
        this.bytes = events * WebEvents.BYTES;
        this.pool = new WebEvents(seed, PAGES, run).body(POOL, Input.START_MS, SPAN_MS);
        this.head = head(bytes);
    }

    static byte[] head(int bodyBytes) {
        return ("POST /v1/pipelines/web/events HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/x-ndjson\r\nContent-Length: "
                        + bodyBytes
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The next events. */
    byte[] next() {
        int events = bytes / WebEvents.BYTES;
        int at = (int) (sequence % POOL) * WebEvents.BYTES;
        byte[] body = Arrays.copyOfRange(pool, at, at + bytes);
        WebEvents.renew(body, sequence, System.currentTimeMillis() - SPAN_MS, SPAN_MS);
        sequence += events;
        return body;
    }

    /**
     * Sends until the server has accepted, as long after each refusal as it says.
     *
     * @return how often it refused
     */
    int send(byte[] body) throws IOException, InterruptedException {
        for (int refused = 0; ; refused++) {
            HttpConnection.Answer answer = connection.send(head, body);
            if (answer.status() == 202) {
                return refused;
            }
            if (answer.status() != 429) {
                throw new IOException(answer.toString());
            }
            TimeUnit.SECONDS.sleep(Math.max(1, answer.retryAfterSeconds()));
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
