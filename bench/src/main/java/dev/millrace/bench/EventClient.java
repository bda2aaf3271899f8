package dev.millrace.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One keep-alive connection, a request at a time, on a plain socket so that the generator costs
 * little. A request that is refused for now is sent again when the server says.
 */
final class EventClient implements Clients.Client {
    private static final Pattern RETRY_AFTER = Pattern.compile("(?i)retry-after: (\\d+)");
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private final byte[] request;
    private final int bodyAt;

    private EventClient(Socket socket, byte[] head, int bodyBytes) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.in = new BufferedInputStream(socket.getInputStream());
        this.request = new byte[head.length + bodyBytes];
        this.bodyAt = head.length;
        System.arraycopy(head, 0, request, 0, head.length);
    }

    static EventClient open(URI server, int eventsPerRequest) throws IOException {
        int bodyBytes = eventsPerRequest * WebEvents.BYTES;
        byte[] head =
                ("POST /v1/pipelines/web/events HTTP/1.1\r\nHost: localhost\r\n"
                                + "Content-Type: application/x-ndjson\r\nContent-Length: "
                                + bodyBytes
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        Socket socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        return new EventClient(socket, head, bodyBytes);
    }

    @Override
    public void send(byte[] batch) throws IOException, InterruptedException {
        int bodyBytes = request.length - bodyAt;
        for (int at = 0; at < batch.length; at += bodyBytes) {
            System.arraycopy(batch, at, request, bodyAt, bodyBytes);
            while (!accepted()) {
                // The server has said when to try again, and that time has passed.
            }
        }
    }

    private boolean accepted() throws IOException, InterruptedException {
        out.write(request);
        String head = head();
        if (head.startsWith("HTTP/1.1 202")) {
            return true;
        }
        if (!head.startsWith("HTTP/1.1 429")) {
            throw new IOException(head);
        }
        TimeUnit.SECONDS.sleep(number(RETRY_AFTER, head));
        return false;
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the server closed the connection after: " + head);
            }
            head.append((char) next);
        }
        in.skipNBytes(number(LENGTH, head.toString()));
        return head.toString();
    }

    private static long number(Pattern header, String head) {
        Matcher matcher = header.matcher(head);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
