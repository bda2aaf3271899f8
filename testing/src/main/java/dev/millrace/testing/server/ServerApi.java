package dev.millrace.testing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.millrace.core.event.Json;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The HTTP API of one server, asked as any client would. Safe for use by many threads. No answer is
 * an {@link UncheckedIOException}.
 */
public record ServerApi(URI address) {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

    /** One answer. */
    public record Answer(HttpResponse<byte[]> response) {
        public int status() {
            return response.statusCode();
        }

        public Optional<String> header(String name) {
            return response.headers().firstValue(name);
        }

        @Override
        public String toString() {
            return status() + " " + new String(response.body(), UTF_8);
        }

        /** The object that it is. */
        @SuppressWarnings("unchecked")
        public Map<String, Object> json() {
            return (Map<String, Object>) requireNonNull(Json.decode(response.body()));
        }

        public long number(String name) {
            return (long) member(name);
        }

        @SuppressWarnings("unchecked")
        public List<Map<String, Object>> list(String name) {
            return (List<Map<String, Object>>) member(name);
        }

        /** One that must be there. */
        Object member(String name) {
            return requireNonNull(json().get(name), name);
        }

        public Answer hasStatus(int status) {
            assertThat(status()).as(new String(response.body(), UTF_8)).isEqualTo(status);
            return this;
        }
    }

    public Answer put(String pipeline, String definition) {
        return send(
                request(pipeline)
                        .header("Content-Type", "application/yaml")
                        .PUT(BodyPublishers.ofString(definition)));
    }

    /** Sends events, a JSON text each. */
    public Answer ingest(String pipeline, List<String> events) {
        return send(
                request(pipeline + "/events")
                        .header("Content-Type", "application/x-ndjson")
                        .POST(BodyPublishers.ofString(String.join("\n", events))));
    }

    /** Removes a pipeline with all it holds. */
    public Answer drop(String pipeline) {
        return send(request(pipeline + "?confirm=" + pipeline).DELETE());
    }

    /** Nothing older than that is expected; answers once all accepted before is visible. */
    public Answer advance(String pipeline, long toMs) {
        return post(pipeline + "/advance", "{\"to\":%d}".formatted(toMs));
    }

    /** Closes all windows; what was accepted before is visible then. */
    public void advance(String pipeline) {
        post(pipeline + "/advance", "{}").hasStatus(200);
    }

    public Answer replay(String pipeline, String filter) {
        return post(pipeline + "/dead-letters/replay", filter);
    }

    /** Waits until no replay is under way: one goes on when its request is long answered. */
    public void awaitReplays(String pipeline) {
        String path = pipeline + "/dead-letters/replays";
        await("the end of all replays")
                .atMost(ANSWER_WITHIN)
                .until(() ->
                        get(path).hasStatus(200).list("replays").stream()
                                .allMatch(replay -> Boolean.TRUE.equals(replay.get("done"))));
    }

    /** One of the numbers of {@code metrics}. */
    public long metric(String pipeline, String name) {
        return get(pipeline + "/metrics").hasStatus(200).number(name);
    }

    public Ledger ledger(String pipeline) {
        return Ledger.of(get(pipeline + "/ledger").hasStatus(200));
    }

    /** The ledger once nothing is in flight. */
    public Ledger settledLedger(String pipeline) {
        return await().atMost(Duration.ofSeconds(30))
                .until(() -> ledger(pipeline), ledger -> ledger.inFlight() == 0);
    }

    /** All rows of an aggregate, in the order of the API. */
    public List<Map<String, Object>> rows(String pipeline, String aggregate) {
        return pages(pipeline + "/aggregates/" + aggregate + "?limit=10000", "rows");
    }

    /** All dead letters of a kind. */
    public List<Map<String, Object>> letters(String pipeline, String kind) {
        return pages(pipeline + "/dead-letters?limit=1000&kind=" + kind, "deadLetters");
    }

    private List<Map<String, Object>> pages(String path, String member) {
        List<Map<String, Object>> all = new ArrayList<>();
        @Nullable Object next = null;
        do {
            Answer page = get(path + (next == null ? "" : "&after=" + next)).hasStatus(200);
            all.addAll(page.list(member));
            next = page.json().get("next");
        } while (next != null);
        return all;
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    private Answer post(String path, String json) {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve("/v1/pipelines/" + path))
                .timeout(ANSWER_WITHIN);
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            return new Answer(CLIENT.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
