package dev.millrace.testing.server;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Json;

import org.awaitility.Awaitility;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads a live stream as a browser's {@code EventSource} does (WHATWG HTML, 9.2), and keeps the
 * rows as its documentation says.
 */
public final class LiveClient implements AutoCloseable {
    /** One event; {@code data} is parsed. */
    public record Event(String name, Object data) {}

    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpResponse<InputStream> response;
    private final Thread thread;
    private final LiveView view;

    private final List<Event> events = new ArrayList<>();
    private final List<String> comments = new ArrayList<>();
    private String lastId = "";
    private boolean complete;
    private Optional<IOException> failure = Optional.empty();

    private LiveClient(URI address, String lastEventId, LiveView view) {
        this.view = view;
        HttpRequest.Builder request = HttpRequest.newBuilder(address);
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        try {
            this.response = client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(response.statusCode()).isEqualTo(200);
        this.thread = Thread.ofVirtual().start(this::read);
    }

    public static LiveClient open(URI server, String query) {
        return open(server, query, "", new LiveView());
    }

    /** Goes on with what another has left. */
    public static LiveClient open(URI server, String query, String lastEventId, LiveView view) {
        return new LiveClient(server.resolve("/v1/pipelines/web/live" + query), lastEventId, view);
    }

    public Optional<String> header(String name) {
        return response.headers().firstValue(name);
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
            String name = "message";
            String id = lastId;
            StringBuilder data = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    dispatch(name, data.toString(), id);
                    name = "message";
                    data.setLength(0);
                } else if (line.startsWith(":")) {
                    comment(line);
                } else if (line.startsWith("event: ")) {
                    name = line.substring("event: ".length());
                } else if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.startsWith("data: ")) {
                    assertThat(data).as("data on one line").isEmpty();
                    data.append(line, "data: ".length(), line.length());
                } else {
                    assertThat(line).isEqualTo("retry: 1000");
                }
            }
            end(Optional.empty());
        } catch (IOException broken) {
            end(Optional.of(broken));
        }
    }

    private synchronized void dispatch(String name, String data, String id) {
        lastId = id;
        if (data.isEmpty()) {
            return;
        }
        Object parsed = Objects.requireNonNull(Json.decode(data.getBytes(UTF_8)));
        events.add(new Event(name, parsed));
        view.apply(name, parsed);
    }

    private synchronized void comment(String line) {
        comments.add(line);
    }

    private synchronized void end(Optional<IOException> with) {
        complete = with.isEmpty();
        failure = with;
    }

    public synchronized List<Event> events() {
        return List.copyOf(events);
    }

    public synchronized List<Event> events(String name) {
        return events.stream().filter(event -> event.name().equals(name)).toList();
    }

    public synchronized List<String> comments() {
        return List.copyOf(comments);
    }

    public synchronized String lastId() {
        return lastId;
    }

    /** Whether the stream came to its end as HTTP wants it. */
    public synchronized boolean isComplete() {
        return complete;
    }

    public synchronized boolean isBroken() {
        return failure.isPresent();
    }

    public LiveView view() {
        return view;
    }

    /** Waits until there is such an event, and returns the first. */
    public Event await(String name, Predicate<Event> that) {
        return Awaitility.await()
                .until(() -> events(name).stream().filter(that).findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    public Event await(String name) {
        return await(name, _ -> true);
    }

    @SuppressWarnings("unchecked")
    public static List<Map<String, Object>> rows(Event event) {
        return (List<Map<String, Object>>) event.data();
    }

    @SuppressWarnings("unchecked")
    public static Map<String, Object> members(Event event) {
        return (Map<String, Object>) event.data();
    }

    /** As a browser that goes to another page. */
    @Override
    public void close() {
        client.shutdownNow();
        Awaitility.await().until(() -> !thread.isAlive());
    }
}
