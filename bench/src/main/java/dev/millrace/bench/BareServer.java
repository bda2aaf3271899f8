package dev.millrace.bench;

import dev.millrace.server.http.HttpLimits;
import dev.millrace.server.http.HttpListener;

import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/**
 * Our server's web server with our server's settings, which takes each body whole and answers as
 * much as ours does, and nothing else. {@code GET /received} says how many bytes of bodies came.
 */
public final class BareServer {
    private static final byte[] ANSWER =
            "{\"accepted\":100,\"rejected\":0,\"processingTimeMs\":1,\"errors\":[]}"
                    .getBytes(StandardCharsets.UTF_8);

    private final LongAdder received = new LongAdder();

    private BareServer() {}

    public static void main(String[] args) throws Exception {
        BareServer bare = new BareServer();
        WebServer server =
                HttpListener.webServer(
                                InetAddress.getLoopbackAddress(),
                                0,
                                HttpLimits.defaults(),
                                HttpRouting.builder()
                                        .post("/v1/pipelines/{pipeline}/events", bare::take)
                                        .get("/received", bare::received))
                        .start();
        System.out.println("a bare server is ready on http://127.0.0.1:" + server.port());
        Thread.currentThread().join();
    }

    private void take(ServerRequest request, ServerResponse response) {
        try (InputStream body = request.content().inputStream()) {
            int expected = (int) request.headers().contentLength().orElseThrow();
            received.add(body.readNBytes(expected).length);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        response.status(Status.ACCEPTED_202);
        response.header("Content-Type", "application/json");
        response.send(ANSWER);
    }

    private void received(ServerRequest request, ServerResponse response) {
        response.send(String.valueOf(received.sum()));
    }
}
