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

/**
 * A real server in a process of its own, with all it does: durable, synced, dedupe, ledger. Fed
 * over as many connections as the contest allows threads, 1,000 events a request; variant {@code
 * single}: one event a request. Lateness is as long as a run, so that nothing is late if a client
 * has to wait. The clock runs until all rows have been read over HTTP.
 */
public final class ServedCount {
    private static final String DEFINITION =
            """
            pipeline: web
            stages:
              - {name: people, filter: "type == 'page_view' && !data.ua.contains('bot')"}
              - name: views
                aggregate:
                  window: {tumbling: 5m}
                  by: [data.path]
                  values: {views: count}
                  lateness: 1d
            """;
    private static final Pattern VIEWS = Pattern.compile("\"views\":(\\d+)");
    private static final Pattern LATE = Pattern.compile("\"late\":\\{\"views\":(\\d+)");
    private static final Pattern REJECTED = Pattern.compile("\"rejected\":(\\d+)");
    private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI address;

    private ServedCount(URI address) {
        this.address = address;
    }

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        int eventsPerRequest = spec.variant().equals("single") ? 1 : Input.BATCH;
        Meter meter = new Meter();
        try (ServerUnderTest server = ServerUnderTest.start()) {
            ServedCount served = new ServedCount(server.address());
            served.send("PUT", "", DEFINITION);
            Clients clients =
                    new Clients(
                            new Input(spec),
                            spec.threads(),
                            () -> EventClient.open(server.address(), eventsPerRequest));
            clients.send(0, spec.warmUp());
            served.counted();
            double cpuBefore = server.cpuSeconds();
            meter.start();
            clients.send(spec.warmUp(), spec.batches());
            meter.counted(served.counted());
            meter.otherCpu(server.cpuSeconds() - cpuBefore);
            String ledger = served.get("/ledger");
            meter.late(number(LATE, ledger));
            meter.rejected(number(REJECTED, ledger));
            if (!ledger.contains("\"balanced\":true")) {
                throw new IllegalStateException(ledger);
            }
            meter.finish(spec.measuredEvents());
        }
    }

    /** The sum of all rows, once nothing is in flight. */
    private long counted() throws IOException, InterruptedException {
        while (!get("/ledger").contains("\"inFlight\":0,")) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        long sum = 0;
        Optional<String> after = Optional.of("");
        while (after.isPresent()) {
            String page = get("/aggregates/views?limit=10000" + after.get());
            sum +=
                    VIEWS.matcher(page)
                            .results()
                            .mapToLong(row -> Long.parseLong(row.group(1)))
                            .sum();
            Matcher next = NEXT.matcher(page);
            after =
                    next.find()
                            ? Optional.of(
                                    "&after="
                                            + URLEncoder.encode(
                                                    next.group(1), StandardCharsets.UTF_8))
                            : Optional.empty();
        }
        return sum;
    }

    private static long number(Pattern member, String json) {
        Matcher matcher = member.matcher(json);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private String get(String what) throws IOException, InterruptedException {
        return send("GET", what, "");
    }

    private String send(String method, String what, String body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(address.resolve("/v1/pipelines/web" + what))
                        .header("Content-Type", "application/yaml")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(response.statusCode() + " " + response.body());
        }
        return response.body();
    }
}
