package dev.millrace.bench;

import org.HdrHistogram.Histogram;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Live streams of one pipeline under 20,000 events a second, over fifty sites and 4,000 rows that
 * all change four times a second: what the server's process takes of a core more than without
 * readers, with 10 and with 1,000 readers of a site each, as customers look at theirs, and with 10
 * and 1,000 of all rows; and how long after an event was sent its row has come to a reader of its
 * page, who is one more.
 *
 * <p>Each number of readers has a time of its own, behind one without. Probes are sent at even
 * distances that do not keep step with commits, over one connection in order; a count of n is taken
 * as the first n of them.
 */
public final class LiveBenchmark {
    private static final int EVENTS_PER_SECOND = 20_000;
    private static final int EVENTS_PER_REQUEST = 200;
    private static final int CONNECTIONS = 4;
    private static final int WARM_UP_SECONDS = 20;
    private static final int SECONDS = 20;
    private static final int SITES = 50;
    private static final long PROBE_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(173);
    private static final long PATIENCE_SECONDS = 10;

    private enum Readers {
        OF_A_SITE("&group.source=site-%d"),
        OF_ALL("");

        private final String filter;

        Readers(String filter) {
            this.filter = filter;
        }

        String filter(int reader) {
            return filter.formatted(reader % SITES);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private final ServerUnderTest server;
    private final URI address;
    private final EventLoad load;
    private final Histogram seen = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
    private final AtomicLong bytes = new AtomicLong();
    private int runs;

    private LiveBenchmark(ServerUnderTest server, EventLoad load) {
        this.server = server;
        this.address = server.address();
        this.load = load;
    }

    public static void main(String[] args) throws Exception {
        try (ServerUnderTest server = ServerUnderTest.start();
                ServedPipeline _ =
                        new ServedPipeline(
                                server.address(),
                                ServedPipeline.WEB,
                                """
                                pipeline: web
                                partitions: 4
                                stages:
                                  - name: views
                                    aggregate: {window: {tumbling: 5m}, by: [source, data.path], values: {views: count}}
                                """);
                EventLoad load =
                        EventLoad.live(server.address(), "run", CONNECTIONS, EVENTS_PER_REQUEST)) {
            LiveBenchmark benchmark = new LiveBenchmark(server, load);
            double _ = benchmark.cores(10, Readers.OF_A_SITE, WARM_UP_SECONDS);
            for (Readers readers : Readers.values()) {
                benchmark.compare(10, readers);
                benchmark.compare(1_000, readers);
            }
        }
    }

    private void compare(int readers, Readers kind) throws Exception {
        double without = cores(0, kind, SECONDS);
        seen.reset();
        bytes.set(0);
        double with = cores(readers, kind, SECONDS);
        System.out.printf(
                "%,d readers %s: %.2f of a core, %.2f without: %.2f for them; %,d KiB/s; sent to"
                        + " received p50 %,.0f ms, p99 %,.0f ms%n",
                readers,
                kind,
                with,
                without,
                with - without,
                (bytes.get() >> 10) / SECONDS,
                seen.getValueAtPercentile(50) / 1e6,
                seen.getValueAtPercentile(99) / 1e6);
    }

    /** What the server takes of a core under load. */
    private double cores(int readers, Readers kind, int seconds) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        String page = "probe-" + runs++;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < readers; i++) {
                Socket socket = subscribe(kind.filter(i));
                sockets.add(socket);
                Future<?> _ = threads.submit(() -> drain(socket));
            }
            Socket watching = readers > 0 ? subscribe("&group.data.path=/" + page) : new Socket();
            sockets.add(watching);
            long begin = System.nanoTime();
            int probes = (int) (TimeUnit.SECONDS.toNanos(seconds) / PROBE_EVERY_NANOS);
            double before = server.cpuSeconds();
            List<Future<?>> running = new ArrayList<>();
            if (readers > 0) {
                running.add(threads.submit(() -> watch(watching, begin, probes)));
                running.add(threads.submit(() -> send(page, begin, probes)));
            }
            EventLoad.Sent _ = load.paced(EVENTS_PER_SECOND, seconds);
            double after = server.cpuSeconds();
            double elapsed = (System.nanoTime() - begin) / 1e9;
            for (Future<?> one : running) {
                Object _ = one.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            for (Socket socket : sockets) {
                socket.close();
            }
            return (after - before) / elapsed;
        }
    }

    private Socket subscribe(String filter) throws IOException {
        Socket socket = new Socket(address.getHost(), address.getPort());
        socket.getOutputStream()
                .write(
                        "GET /v1/pipelines/%s/live?aggregate=views%s HTTP/1.1\r\nHost: h\r\n\r\n"
                                .formatted(ServedPipeline.WEB, filter)
                                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private Void drain(Socket socket) throws IOException {
        byte[] buffer = new byte[16 << 10];
        InputStream in = socket.getInputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            bytes.addAndGet(read);
        }
        return null;
    }

    private Void send(String page, long begin, int probes)
            throws IOException, InterruptedException {
        try (EventClient client = new EventClient(address, ServedPipeline.WEB)) {
            for (int i = 0; i < probes; i++) {
                Pause.until(begin + i * PROBE_EVERY_NANOS);
                int _ =
                        client.send(
                                """
                                {"id":"%1$s-%2$d","timestamp":%3$d,"type":"page_view","source":"probe",\
                                "data":{"path":"/%1$s","ua":"probe"}}
                                """
                                        .formatted(page, i, System.currentTimeMillis())
                                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        return null;
    }

    /** A window that ends within a run begins to count anew. */
    private Void watch(Socket socket, long begin, int probes) throws IOException {
        BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        int known = 0;
        int inOldWindows = 0;
        for (String line = lines.readLine(); known < probes; line = lines.readLine()) {
            if (line == null) {
                throw new IOException("the stream ended after %d probes".formatted(known));
            }
            long now = System.nanoTime();
            if (line.equals("event: window")) {
                inOldWindows = known;
            } else if (line.startsWith("data: [{")) {
                long visible = inOldWindows + ServedPipeline.views(line);
                for (; known < visible; known++) {
                    seen.recordValue(now - (begin + known * PROBE_EVERY_NANOS));
                }
            }
        }
        return null;
    }
}
