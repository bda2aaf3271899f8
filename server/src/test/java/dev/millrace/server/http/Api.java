package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Json;
import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A real server on a port of its own, asked by a real client. Every answer must be documented. */
final class Api implements AutoCloseable {
    static final String VIEWS =
            """
            pipeline: web
            stages:
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [data.path], values: {views: count, bytes: {sum: data.bytes}}}
            """;

    private final MillraceServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final OpenApi openApi = OpenApi.read();

    private Api(MillraceServer server) {
        this.server = server;
    }

    static Api start(Path data) {
        return start(data, Optional.empty());
    }

    static Api of(MillraceServer server) {
        return new Api(server);
    }

    static Api start(Path data, Optional<Path> plugins) {
        return new Api(
                MillraceServer.start(
                        ServerOptions.of("127.0.0.1", 0, data, Optional.empty())
                                .withPlugins(plugins)));
    }

    /** With the pipeline {@code web}, which counts views by path and minute. */
    static Api withViews(Path data) {
        Api api = start(data);
        api.put("web", VIEWS).hasStatus(201);
        return api;
    }

    /** One answer. */
    record Answer(HttpResponse<byte[]> response) {
        Answer hasStatus(int status) {
            assertThat(response.statusCode()).as(text()).isEqualTo(status);
            return this;
        }

        /** Is a problem of that kind, as RFC 9457 wants it. */
        Answer isProblem(int status, String code) {
            hasStatus(status);
            assertThat(header("Content-Type")).contains("application/problem+json");
            assertThat(json()).containsEntry("type", "urn:millrace:" + code);
            assertThat(json()).containsEntry("status", (long) status);
            assertThat(json()).containsKeys("title", "detail");
            return this;
        }

        Answer saying(String part) {
            assertThat((String) json().get("detail")).contains(part);
            return this;
        }

        String text() {
            return new String(response.body(), UTF_8);
        }

        @SuppressWarnings("unchecked")
        Map<String, Object> json() {
            return (Map<String, Object>) Json.decode(response.body());
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> list(String name) {
            return (List<Map<String, Object>>) json().get(name);
        }

        Optional<String> header(String name) {
            return response.headers().firstValue(name);
        }
    }

    URI address() {
        return server.address();
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    Answer delete(String path) {
        return send(request(path).DELETE());
    }

    Answer put(String pipeline, String definition) {
        return send(
                request("/v1/pipelines/" + pipeline)
                        .header("Content-Type", "application/yaml")
                        .PUT(BodyPublishers.ofString(definition)));
    }

    Answer post(String path, String json) {
        return post(path, "application/json", json.getBytes(UTF_8));
    }

    Answer post(String path, String type, byte[] body) {
        return send(
                request(path).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)));
    }

    /** Sends events to {@code web}. */
    Answer events(String json) {
        return post("/v1/pipelines/web/events", json);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address().resolve(path));
    }

    Answer send(HttpRequest.Builder request) {
        HttpRequest built = request.build();
        try {
            HttpResponse<byte[]> response = client.send(built, BodyHandlers.ofByteArray());
            openApi.requireDocumented(built.method(), built.uri().getPath(), response.statusCode());
            return new Answer(response);
        } catch (IOException e) {
            throw new AssertionError(built.method() + " " + built.uri() + " got no answer", e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends bytes as they are, ends the sending, and returns all that comes back. */
    String raw(byte[]... parts) throws IOException {
        try (Socket socket = new Socket(address().getHost(), address().getPort())) {
            socket.setSoTimeout(10_000);
            for (byte[] part : parts) {
                socket.getOutputStream().write(part);
            }
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    String raw(String request) throws IOException {
        return raw(request.getBytes(UTF_8));
    }

    static String event(String id) {
        return event(id, System.currentTimeMillis());
    }

    static String event(String id, long timestamp) {
        return """
        {"id":"%s","type":"page_view","source":"s","timestamp":%d,"data":{"path":"/","bytes":10}}\
        """
                .formatted(id, timestamp);
    }

    /** Events with the ids {@code e0}, {@code e1}, … as one array. */
    static String events(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> event("e" + i))
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
