package dev.millrace.bench;

import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real server in its own process, durable, dedupe on, windows and commits on, fed over loopback
 * by a generator on the same processors: NDJSON by the thousand, then one event a request over 64
 * connections. Prints events a second up to the moment at which all are counted in rows, answers,
 * refusals, the time to ready and resident memory. A run is void unless the ledger balances and the
 * rows count every event.
 */
public final class IngestBenchmark {
    private static final int WARM_UP_SECONDS = 5;
    private static final int SECONDS = 10;
    private static final Pattern RETRY_AFTER = Pattern.compile("(?i)retry-after: (\\d+)");
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    private static final String DEFINITION =
            """
            pipeline: web
            stages:
              - {name: people, filter: "type == 'page_view' && !data.ua.contains('bot')"}
              - name: views
                aggregate: {window: {tumbling: 5m}, by: [data.path], values: {views: count}}
            """;

    private final HttpClient http = HttpClient.newHttpClient();

    private IngestBenchmark() {}

    public static void main(String[] args) throws Exception {
        IngestBenchmark benchmark = new IngestBenchmark();
        benchmark.measure("NDJSON, 1,000 events a request", 4, 1_000);
        benchmark.measure("one event a request", 64, 1);
    }

    private void measure(String name, int connections, int eventsPerRequest) throws Exception {
        try (ServerUnderTest server = ServerUnderTest.start()) {
            TimeUnit.SECONDS.sleep(2);
            System.out.printf(
                    "%s: ready in %.2f s, %d MiB resident idle%n",
                    name, server.readySeconds(), server.residentMiB());
            send("PUT", server.address().resolve("/v1/pipelines/web"), DEFINITION);
            load(server, "wrm", connections, eventsPerRequest, WARM_UP_SECONDS);
            double cpuBefore = server.cpuSeconds();
            Load load = load(server, "run", connections, eventsPerRequest, SECONDS);
            System.out.printf(
                    "  %,.0f events/s, %,.0f requests/s, %,.0f events a CPU-second of the server; answer p50 %.2f ms, p99 %.2f ms; %d refused; %d MiB resident%n",
                    load.accepted() / load.seconds(),
                    load.accepted() / load.seconds() / eventsPerRequest,
                    load.accepted() / (server.cpuSeconds() - cpuBefore),
                    load.answers().getValueAtPercentile(50) / 1e6,
                    load.answers().getValueAtPercentile(99) / 1e6,
                    load.refused(),
                    server.residentMiB());
            System.out.printf("  %s%n", check(server));
        }
    }

    private record Load(long accepted, long refused, double seconds, Histogram answers) {}

    /**
     * Sends for some seconds, each connection its own events, then waits until nothing is in
     * flight.
     */
    private Load load(ServerUnderTest server, String run, int connections, int events, int seconds)
            throws Exception {
        AtomicLong accepted = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        Histogram answers = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(seconds);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            int seed = i;
            threads.add(
                    Thread.ofPlatform()
                            .start(() ->
                                    connection(
                                            server.address(),
                                            "%s-%02d".formatted(run, seed),
                                            seed,
                                            events,
                                            end,
                                            accepted,
                                            refused,
                                            answers)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        while (!get(server, "ledger").contains("\"inFlight\":0")) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return new Load(accepted.get(), refused.get(), (System.nanoTime() - begin) / 1e9, answers);
    }

    /**
     * One keep-alive connection, a request at a time, on a plain socket so that the generator costs
     * little.
     */
    private static void connection(
            URI server,
            String run,
            int seed,
            int eventsPerRequest,
            long endNanos,
            AtomicLong accepted,
            AtomicLong refused,
            Histogram answers) {
        WebEvents events = new WebEvents(seed, 2_000, run);
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (System.nanoTime() < endNanos) {
                byte[] request =
                        request(
                                events.body(
                                        eventsPerRequest,
                                        System.currentTimeMillis() - 1_000,
                                        1_000));
                long sent = System.nanoTime();
                out.write(request);
                String head = head(in);
                answers.recordValue(System.nanoTime() - sent);
                if (head.startsWith("HTTP/1.1 202")) {
                    accepted.addAndGet(eventsPerRequest);
                } else if (head.startsWith("HTTP/1.1 429")) {
                    refused.incrementAndGet();
                    TimeUnit.SECONDS.sleep(number(RETRY_AFTER, head));
                } else {
                    throw new IllegalStateException(head);
                }
            }
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static byte[] request(byte[] body) {
        byte[] head =
                ("POST /v1/pipelines/web/events HTTP/1.1\r\nHost: localhost\r\n"
                                + "Content-Type: application/x-ndjson\r\nContent-Length: "
                                + body.length
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        return request;
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the server closed the connection after: " + head);
            }
            head.append((char) next);
        }
        in.skipNBytes(number(LENGTH, head.toString()));
        return head.toString();
    }

    private static long number(Pattern header, String head) {
        Matcher matcher = header.matcher(head);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private String check(ServerUnderTest server) throws Exception {
        String ledger = get(server, "ledger");
        if (!ledger.contains("\"balanced\":true")) {
            throw new IllegalStateException("void: " + ledger);
        }
        String rows = get(server, "aggregates/views?limit=10000");
        long counted =
                Pattern.compile("\"views\":(\\d+)")
                        .matcher(rows)
                        .results()
                        .mapToLong(result -> Long.parseLong(result.group(1)))
                        .sum();
        if (!ledger.contains("\"completed\":" + counted + ",")) {
            throw new IllegalStateException("void: rows count " + counted + ", but " + ledger);
        }
        return ledger;
    }

    private String get(ServerUnderTest server, String what) throws Exception {
        return send("GET", server.address().resolve("/v1/pipelines/web/" + what), "");
    }

    private String send(String method, URI uri, String body) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/yaml")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IllegalStateException(response.statusCode() + " " + response.body());
        }
        return response.body();
    }
}
