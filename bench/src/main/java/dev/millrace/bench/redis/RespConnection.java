package dev.millrace.bench.redis;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Redis' own protocol on a plain socket: a command, then its answer. Confined to a thread.
 *
 * @see <a href="https://redis.io/docs/latest/develop/reference/protocol-spec/">RESP</a>
 */
final class RespConnection implements AutoCloseable {
    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private final ByteArrayOutputStream command = new ByteArrayOutputStream();

    RespConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * Sends a command, and waits for the answer.
     *
     * @return its strings and numbers, as text; empty for nil and for an array of nothing
     * @throws IOException if Redis answers with an error, or the connection breaks
     */
    List<String> call(byte[]... words) throws IOException {
        command.reset();
        line('*', words.length);
        for (byte[] word : words) {
            line('$', word.length);
            command.writeBytes(word);
            end();
        }
        command.writeTo(out);
        List<String> answer = new ArrayList<>(1);
        read(answer);
        return answer;
    }

    private void line(char kind, int number) {
        command.write(kind);
        command.writeBytes(Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
        end();
    }

    private void end() {
        command.write('\r');
        command.write('\n');
    }

    private void read(List<String> answer) throws IOException {
        String line = line();
        String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '+', ':' -> answer.add(rest);
            case '$' -> {
                int length = Integer.parseInt(rest);
                if (length >= 0) {
                    answer.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
                    in.skipNBytes(2);
                }
            }
            case '*' -> {
                for (int i = Integer.parseInt(rest); i > 0; i--) {
                    read(answer);
                }
            }
            default -> throw new IOException(line);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        while (next != '\r') {
            if (next < 0) {
                throw new IOException("the connection ended after: " + line);
            }
            line.append((char) next);
            next = in.read();
        }
        in.skipNBytes(1);
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
