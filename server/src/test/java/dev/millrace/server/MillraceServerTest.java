package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.millrace.core.MillraceException;
import dev.millrace.engine.EngineOptions;
import dev.millrace.server.http.HttpLimits;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class MillraceServerTest {
    private static final String WEB =
            """
            pipeline: web
            schema: event.schema.json
            stages: [{name: all, filter: "true"}]
            """;

    @TempDir Path data;
    @TempDir Path folder;

    @BeforeEach
    void writeSchema() throws IOException {
        Files.writeString(folder.resolve("event.schema.json"), "{\"required\": [\"data\"]}");
    }

    private ServerOptions options(String host, int port) {
        return ServerOptions.of(host, port, data, Optional.of(folder));
    }

    private MillraceServer start() {
        return MillraceServer.start(options("127.0.0.1", 0));
    }

    /** Waits a minute for requests under way when it stops. */
    private MillraceServer startPatient() {
        HttpLimits http = HttpLimits.defaults();
        return MillraceServer.start(
                new ServerOptions(
                        "127.0.0.1",
                        0,
                        data,
                        Optional.of(folder),
                        Optional.empty(),
                        Optional.empty(),
                        new HttpLimits(
                                http.maxBodyBytes(),
                                http.maxUnpackedBytes(),
                                http.bodyMemoryBytes(),
                                http.bodyWait(),
                                http.bodyTimeout(),
                                http.idleTimeout(),
                                http.maxDocumentBytes(),
                                http.maxHeaderBytes(),
                                http.maxRequestLineBytes(),
                                http.maxConnections(),
                                Duration.ofMinutes(1),
                                http.live()),
                        EngineOptions.defaults()));
    }

    @Test
    void definitionsOfTheFolderArePutWithTheirSchemas() throws IOException {
        Files.writeString(folder.resolve("web.yaml"), WEB);

        try (MillraceServer server = start()) {
            assertThat(server.engine().pipeline("web")).isPresent();
            assertThat(server.engine().pipeline("web").orElseThrow().definition().schema())
                    .isNotNull();
        }
    }

    @Test
    void aWrongDefinitionStopsTheStartAndIsNamedWithItsLine() throws IOException {
        Files.writeString(folder.resolve("web.yaml"), WEB + "outOfOrder: soon\n");

        assertThatThrownBy(this::start)
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("web.yaml:4: /outOfOrder");
    }

    @Test
    void aSchemaFileMustLieBesideTheDefinition() throws IOException {
        Files.writeString(folder.resolve("web.yaml"), WEB.replace("event.", "../event."));

        assertThatThrownBy(this::start)
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("/schema");
    }

    @Test
    void anAddressThatIsNotLoopbackIsRefused() {
        assertThatThrownBy(() -> MillraceServer.start(options("0.0.0.0", 0)))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("not a loopback address");
    }

    @Test
    void anUnknownHostIsRefused() {
        assertThatThrownBy(() -> MillraceServer.start(options("no.such.host.invalid", 0)))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("no.such.host.invalid");
    }

    @Test
    void aPortThatIsTakenIsRefusedAndTheDataIsFreeAgain() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(
                            () -> MillraceServer.start(options("127.0.0.1", taken.getLocalPort())))
                    .isInstanceOf(MillraceException.class)
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()));
        }
        start().close();
    }

    @Test
    void aRequestUnderWayIsAnsweredAndTheNextIsRefusedWhenItStops() throws Exception {
        Files.writeString(folder.resolve("web.yaml"), WEB);
        String event = "{\"id\":\"a\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":1,\"data\":{}}";
        MillraceServer server = startPatient();
        try (Socket underWay = connect(server);
                Socket next = connect(server);
                ExecutorService stopper = Executors.newSingleThreadExecutor()) {
            send(next, "GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(head(next)).startsWith("HTTP/1.1 200");
            send(
                    underWay,
                    "POST /v1/pipelines/web/events HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: "
                            + event.length()
                            + "\r\nExpect: 100-continue\r\n\r\n");
            // It is inside: it asks for the body.
            assertThat(head(underWay)).startsWith("HTTP/1.1 100");

            Future<Boolean> stopped = stopper.submit(server::stop);
            String refused = "";
            while (!refused.startsWith("HTTP/1.1 503")) {
                try (Socket another = connect(server)) {
                    send(another, "GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n");
                    refused = head(another);
                }
            }
            assertThat(refused).containsIgnoringCase("connection: close");

            send(underWay, event);
            assertThat(head(underWay)).startsWith("HTTP/1.1 202");
            assertThat(stopped.get()).isTrue();
        }
        try (MillraceServer again = start()) {
            assertThat(again.engine().pipeline("web").orElseThrow().ledger().completed())
                    .isEqualTo(1);
        }
    }

    private static Socket connect(MillraceServer server) throws IOException {
        return new Socket(server.address().getHost(), server.address().getPort());
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    /** A response up to its empty line, and what of the body came with it. */
    private static String head(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = socket.getInputStream().read(buffer);
            if (read < 0) {
                return head.toString();
            }
            head.append(new String(buffer, 0, read, US_ASCII));
        }
        return head.toString();
    }

    @Test
    void aSecondCloseDoesNothing() {
        MillraceServer server = start();
        server.close();
        server.close();
    }
}
