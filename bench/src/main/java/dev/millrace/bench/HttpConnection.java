package dev.millrace.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One keep-alive connection, a request at a time, on a plain socket, so that a generator costs
 * little. For one thread.
 */
final class HttpConnection implements Closeable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int END_OF_HEAD = 0x0d0a0d0a;
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");
    private static final Pattern RETRY_AFTER = Pattern.compile("(?i)retry-after: (\\d+)");

    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private final byte[] head = new byte[BUFFER_BYTES];

    /**
     * What came back.
     *
     * @param retryAfterSeconds 0 if the head names none
     */
    record Answer(int status, long retryAfterSeconds, String body) {}

    HttpConnection(URI server) throws IOException {
        this.socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
        this.in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    }

    Answer get(String path) throws IOException {
        return send(
                ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII),
                new byte[0]);
    }

    /** Sends a request of which {@code requestHead} ends with an empty line. */
    Answer send(byte[] requestHead, byte[] body) throws IOException {
        out.write(requestHead);
        out.write(body);
        out.flush();
        String answer = head();
        byte[] content = in.readNBytes((int) number(LENGTH, answer));
        return new Answer(
                Integer.parseInt(answer.substring(9, 12)),
                number(RETRY_AFTER, answer),
                new String(content, StandardCharsets.UTF_8));
    }

    private String head() throws IOException {
        int length = 0;
        int last = 0;
        while (last != END_OF_HEAD) {
            int next = in.read();
            if (next < 0 || length == head.length) {
                throw new IOException("no whole answer: " + length + " bytes");
            }
            head[length++] = (byte) next;
            last = last << 8 | next;
        }
        return new String(head, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static long number(Pattern header, String answer) {
        Matcher matcher = header.matcher(answer);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
