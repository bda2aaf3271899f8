package dev.millrace.server.cli;

import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Optional;

/** A real server, which may be stopped and started again where it was. */
final class TestServer implements AutoCloseable {
    private final Path data;
    private final HttpClient client = HttpClient.newHttpClient();
    private MillraceServer server;
    private final URI address;

    private TestServer(Path data) {
        this.data = data;
        this.server = MillraceServer.start(options(0));
        this.address = server.address();
    }

    static TestServer start(Path data) {
        return new TestServer(data);
    }

    private ServerOptions options(int port) {
        return ServerOptions.of("127.0.0.1", port, data, Optional.empty());
    }

    String address() {
        return address.toString();
    }

    void stop() {
        server.close();
    }

    void startAgain() {
        server = MillraceServer.start(options(address.getPort()));
    }

    JsonNode get(String path) {
        return answer(HttpRequest.newBuilder(uri(path)).build());
    }

    JsonNode post(String path, String json) {
        return answer(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json))
                        .build());
    }

    JsonNode put(String pipeline, String definition) {
        return answer(
                HttpRequest.newBuilder(uri(pipeline))
                        .header("Content-Type", "application/yaml")
                        .PUT(BodyPublishers.ofString(definition))
                        .build());
    }

    private URI uri(String path) {
        return address.resolve("/v1/pipelines/" + path);
    }

    private JsonNode answer(HttpRequest request) {
        try {
            return JsonMapper.shared()
                    .readTree(client.send(request, BodyHandlers.ofByteArray()).body());
        } catch (IOException e) {
            throw new AssertionError(request.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(request.toString(), e);
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
