package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.MillraceException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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
    void aSecondCloseDoesNothing() {
        MillraceServer server = start();
        server.close();
        server.close();
    }
}
