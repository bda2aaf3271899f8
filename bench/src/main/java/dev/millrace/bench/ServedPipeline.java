package dev.millrace.bench;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A pipeline on a server, of which the aggregate {@code views} counts {@code views}. */
final class ServedPipeline implements AutoCloseable {
    /** The pipeline of the page views, by its name. */
    static final String WEB = "web";

    static final int WEB_PARTITIONS = 4;

    private static final String ROWS = "/aggregates/views?limit=10000";
    private static final Pattern VIEWS = Pattern.compile("\"views\":(\\d+)");
    private static final Pattern OPEN = Pattern.compile("\"final\":false");
    private static final Pattern LATE = Pattern.compile("\"late\":\\{\"views\":(\\d+)");
    private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");

    /** Events that were accepted, and those of them that are counted in rows. */
    record Proof(long accepted, long counted) {}

    /** How many rows of windows that are still open there are, and the views of all rows. */
    record Count(long open, long views) {}

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI server;
    private final String name;

    /** Puts it. */
    ServedPipeline(URI server, String name, String definition)
            throws IOException, InterruptedException {
        this.server = server;
        this.name = name;
        send("PUT", "", definition);
    }

    /** Page views: bots filtered out, the others counted per page and five minutes. */
    static ServedPipeline web(URI server) throws IOException, InterruptedException {
        return web(server, "");
    }

    /**
     * The same and more. Lateness is longer than a run, so that nothing is late if a client of an
     * input in event time has to wait.
     *
     * @param more lines of the definition
     */
    static ServedPipeline web(URI server, String more) throws IOException, InterruptedException {
        String definition =
                """
                pipeline: web
                partitions: %d
                stages:
                  - {name: people, filter: "type == 'page_view' && !data.ua.contains('bot')"}
                  - name: views
                    aggregate:
                      window: {tumbling: 5m}
                      by: [data.path]
                      values: {views: count}
                      lateness: 1d
                """
                        .formatted(WEB_PARTITIONS);
        return new ServedPipeline(server, WEB, definition + more);
    }

    /** Where its rows are, but for the parameters. */
    static String rows(String pipeline) {
        return "/v1/pipelines/" + pipeline + "/aggregates/views";
    }

    String name() {
        return name;
    }

    /** Asks for the ledger until nothing is in flight, then for all rows. */
    void ask() throws IOException, InterruptedException {
        settle();
        long _ = counted();
    }

    /** Returns when nothing is in flight. */
    void settle() throws IOException, InterruptedException {
        while (!ledger().contains("\"inFlight\":0")) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** The views of all rows. */
    long counted() throws IOException, InterruptedException {
        return count().views();
    }

    /** Reads all rows. */
    Count count() throws IOException, InterruptedException {
        long open = 0;
        long sum = 0;
        Optional<String> after = Optional.of("");
        while (after.isPresent()) {
            String page = get(ROWS + after.get());
            open += OPEN.matcher(page).results().count();
            sum += views(page);
            Matcher next = NEXT.matcher(page);
            after =
                    next.find()
                            ? Optional.of(
                                    "&after="
                                            + URLEncoder.encode(
                                                    next.group(1), StandardCharsets.UTF_8))
                            : Optional.empty();
        }
        return new Count(open, sum);
    }

    /**
     * Has the ledger balance, every event in it, and those in rows that pass the filter.
     *
     * @param events that were sent
     * @param people that pass the filter, as whoever sent them knows
     * @throws IOException if an event is missing
     */
    void prove(long events, long people) throws IOException, InterruptedException {
        require(new Proof(events, people), proven());
    }

    /**
     * @throws IOException if they are not the same
     */
    static void require(Proof sent, Proof proven) throws IOException {
        if (!proven.equals(sent)) {
            throw new IOException("void: %s was expected, not %s".formatted(sent, proven));
        }
    }

    /**
     * The events of the ledger, which balances, and of which all but those filtered are in rows.
     *
     * @throws IOException if one is missing
     */
    Proof proven() throws IOException, InterruptedException {
        String ledger = ledger();
        long accepted = number(ledger, "accepted");
        long counted = counted();
        if (!ledger.contains("\"balanced\":true")
                || number(ledger, "completed") != counted
                || number(ledger, "filtered") + counted != accepted) {
            throw new IOException("void: rows count %d, %s".formatted(counted, ledger));
        }
        return new Proof(accepted, counted);
    }

    /**
     * Tells a meter what did not come to be counted.
     *
     * @throws IOException if the ledger does not balance
     */
    void reportMissing(Meter meter) throws IOException, InterruptedException {
        String ledger = ledger();
        Matcher late = LATE.matcher(ledger);
        meter.late(late.find() ? Long.parseLong(late.group(1)) : 0);
        meter.rejected(number(ledger, "rejected"));
        if (!ledger.contains("\"balanced\":true")) {
            throw new IOException(ledger);
        }
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
        return get("/ledger");
    }

    private String get(String what) throws IOException, InterruptedException {
        return send("GET", what, "");
    }

    /** Takes it off the server, with its data. */
    void delete() throws IOException, InterruptedException {
        send("DELETE", "?confirm=" + name, "");
    }

    private String send(String method, String what, String body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(server.resolve("/v1/pipelines/" + name + what))
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
