package dev.millrace.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Posts events to pipelines of a server in turn, and after a refusal waits as long as the server
 * says.
 */
final class EventClient implements Client {
    private final HttpConnection connection;
    private final List<String> pipelines;
    private int turn;

    EventClient(URI server, List<String> pipelines) throws IOException {
        this.connection = new HttpConnection(server);
        this.pipelines = pipelines;
    }

    EventClient(URI server, String pipeline) throws IOException {
        this(server, List.of(pipeline));
    }

    @Override
    public int send(byte[] events) throws IOException, InterruptedException {
        byte[] head = head(pipelines.get(turn), events.length);
        turn = (turn + 1) % pipelines.size();
        for (int refused = 0; ; refused++) {
            HttpConnection.Answer answer = connection.send(head, events);
            if (answer.status() == 202) {
                return refused;
            }
            if (answer.status() != 429) {
                throw new IOException(answer.toString());
            }
            TimeUnit.SECONDS.sleep(Math.max(1, answer.retryAfterSeconds()));
        }
    }

    private static byte[] head(String pipeline, int bodyBytes) {
        return ("POST /v1/pipelines/"
                        + pipeline
                        + "/events HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/x-ndjson\r\nContent-Length: "
                        + bodyBytes
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
