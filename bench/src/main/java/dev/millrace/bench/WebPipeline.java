package dev.millrace.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The pipeline of the page views on a server: bots filtered out, the others counted per page and
 * five minutes.
 */
final class WebPipeline implements AutoCloseable {
    static final String PATH = "/v1/pipelines/web";

    private static final Pattern VIEWS = Pattern.compile("\"views\":(\\d+)");
    private static final String DEFINITION =
            """
            pipeline: web
            stages:
              - {name: people, filter: "type == 'page_view' && !data.ua.contains('bot')"}
              - name: views
                aggregate: {window: {tumbling: 5m}, by: [data.path], values: {views: count}}
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI server;

    /** Puts it. */
    WebPipeline(URI server) throws IOException, InterruptedException {
        this.server = server;
        send("PUT", PATH, DEFINITION);
    }

    /** Returns when nothing is in flight. */
    void settle() throws IOException, InterruptedException {
        while (!ledger().contains("\"inFlight\":0")) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /**
     * Has the ledger balance, every event of it in, and all but those filtered counted in rows.
     *
     * @return the ledger
     * @throws IOException if an event is missing
     */
    String prove(long events) throws IOException, InterruptedException {
        String ledger = ledger();
        long counted = views(send("GET", PATH + "/aggregates/views?limit=10000", ""));
        if (!ledger.contains("\"balanced\":true")
                || number(ledger, "accepted") != events
                || number(ledger, "completed") != counted
                || number(ledger, "filtered") + counted != events) {
            throw new IOException(
                    "void: %d events sent, rows count %d, %s".formatted(events, counted, ledger));
        }
        return ledger;
    }

    /** The views of all rows of an answer. */
    static long views(String rows) {
        return VIEWS.matcher(rows)
                .results()
                .mapToLong(result -> Long.parseLong(result.group(1)))
                .sum();
    }

    private static long number(String ledger, String name) {
        return Pattern.compile("\"" + name + "\":(\\d+)")
                .matcher(ledger)
                .results()
                .mapToLong(result -> Long.parseLong(result.group(1)))
                .findFirst()
                .orElse(-1);
    }

    private String ledger() throws IOException, InterruptedException {
        return send("GET", PATH + "/ledger", "");
    }

    private String send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(server.resolve(path))
                        .header("Content-Type", "application/yaml")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    @Override
    public void close() {
        http.close();
    }
}
