package dev.millrace.server.client;

import dev.millrace.core.MillraceException;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Speaks to one server. Safe for use by many threads; every method blocks until the answer is
 * there.
 *
 * <p>An answer of any status is a {@link Reply}; no answer is an {@link UnreachableException},
 * after which it is unknown whether the server did what was asked.
 */
public final class MillraceClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** A copy to another disk takes as long as it takes. */
    private static final Duration BACKUP_TIMEOUT = Duration.ofHours(12);

    /** Longer than the server takes for anything else that it answers at all. */
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(60);

    private final URI server;
    private final @Nullable String key;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .build();

    /**
     * @param server such as {@code http://127.0.0.1:8080}
     * @param key the API key that goes with every request; null: none
     * @throws MillraceException if {@code server} is no HTTP address
     */
    public MillraceClient(URI server, @Nullable String key) {
        if (server.getHost() == null
                || !("http".equals(server.getScheme()) || "https".equals(server.getScheme()))) {
            throw new MillraceException(
                    "\"%s\" is no address of a server; write it like http://127.0.0.1:8080"
                            .formatted(server));
        }
        this.server = server;
        this.key = key;
    }

    /** The address of the server. */
    public URI server() {
        return server;
    }

    /**
     * Sends NDJSON events once. The body must not change until the answer is there.
     *
     * @param history whether they are old events, loaded beside the live ones
     */
    public Reply ingest(String pipeline, byte[] body, int length, boolean history) {
        return send(
                request(pipelinePath(pipeline) + "/events" + (history ? "?history=true" : ""))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(BodyPublishers.ofByteArray(body, 0, length)));
    }

    /** Creates or changes a pipeline. The definition is YAML, or JSON, which is YAML too. */
    public Reply putPipeline(String pipeline, byte[] definition) {
        return putPipeline(pipeline, definition, Optional.empty(), false);
    }

    /**
     * Creates or changes a pipeline, or says what that would do.
     *
     * @param backfill how far back new and changed aggregates are backfilled, like {@code 24h}
     * @param dryRun only say it
     */
    public Reply putPipeline(
            String pipeline, byte[] definition, Optional<String> backfill, boolean dryRun) {
        String query =
                "?dryRun=" + dryRun + backfill.map(it -> "&backfill=" + segment(it)).orElse("");
        return send(
                request(pipelinePath(pipeline) + query)
                        .header("Content-Type", "application/yaml")
                        .PUT(BodyPublishers.ofByteArray(definition)));
    }

    /**
     * Goes back to what an earlier version said.
     *
     * @param backfill as in {@link #putPipeline}
     */
    public Reply rollback(String pipeline, int version, Optional<String> backfill, boolean dryRun) {
        String query = backfill.map(it -> "?backfill=" + segment(it)).orElse("");
        return send(
                request(pipelinePath(pipeline) + "/rollback" + query)
                        .header("Content-Type", "application/json")
                        .POST(
                                BodyPublishers.ofString(
                                        "{\"version\": %d, \"dryRun\": %b}"
                                                .formatted(version, dryRun))));
    }

    /** Closes all windows of what the pipeline has accepted. */
    public Reply advance(String pipeline) {
        return send(
                request(pipelinePath(pipeline) + "/advance")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{}")));
    }

    /** Makes a copy of all data in a directory on the server's machine. */
    public Reply backup(Path directory) {
        String body =
                JsonMapper.shared().writeValueAsString(Map.of("directory", directory.toString()));
        return send(
                request("/v1/backup")
                        .timeout(BACKUP_TIMEOUT)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
    }

    /**
     * Asks for what a pipeline shows: {@code ""} is its definition, {@code "metrics"} its numbers.
     */
    public Reply get(String pipeline, String what) {
        return send(request(pipelinePath(pipeline) + (what.isEmpty() ? "" : "/" + what)).GET());
    }

    /** The same with a query. */
    public Reply get(String pipeline, String what, Map<String, String> query) {
        return send(request(pipelinePath(pipeline) + "/" + what + text(query)).GET());
    }

    /** Asks a pipeline for something, with a JSON body. */
    public Reply post(String pipeline, String what, String json) {
        return send(
                request(pipelinePath(pipeline) + "/" + what)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json)));
    }

    /** Deletes something of a pipeline. */
    public Reply delete(String pipeline, String what, Map<String, String> query) {
        return send(request(pipelinePath(pipeline) + "/" + what + text(query)).DELETE());
    }

    private static String text(Map<String, String> query) {
        return query.isEmpty()
                ? ""
                : query.entrySet().stream()
                        .map(one -> segment(one.getKey()) + "=" + segment(one.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static String pipelinePath(String pipeline) {
        return "/v1/pipelines/" + segment(pipeline);
    }

    /** Any text as it stands between two slashes of a path, or in a query. */
    public static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        String base = server.toString().replaceFirst("/+$", "");
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(REPLY_TIMEOUT);
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }

    private Reply send(HttpRequest.Builder request) {
        try {
            return Reply.of(http.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UnreachableException(server, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException("interrupted while waiting for " + server, e);
        }
    }

    /** Drops the connections. A request that is out is given up. */
    @Override
    public void close() {
        http.shutdownNow();
    }
}
