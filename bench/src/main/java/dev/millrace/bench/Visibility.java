package dev.millrace.bench;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * How long an event takes to be seen in a row under half the load that the server sustained right
 * before. Probes are due at even distances that do not keep step with commits, and count from when
 * they were due, whenever they could be sent. They are seen by asking for the row of their group,
 * over and over, and as late as the answer is there: what asking costs is in the figures, and its
 * processor time in the server's.
 *
 * <p>A rehearsal goes before: probes are spelt in another way than the load, and the first of them
 * make the server compile its reader anew.
 *
 * <p>Probes go over one connection in order, with ids that all belong to one partition, so that a
 * count of n is of the first n of them. The variant is how many events are in a request.
 */
public final class Visibility {
    private static final int CALIBRATION_SECONDS = 5;
    private static final int REHEARSAL_SECONDS = 3;
    private static final int ASKED_IN_A_PAUSE = 100;
    private static final long PROBE_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(23);
    private static final long ASK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final String ROW =
            ServedPipeline.rows(ServedPipeline.WEB) + "?limit=10&group.data.path=/";

    private final URI server;
    private final String page;
    private final List<String> ids;
    private final Histogram seen = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
    private final Histogram asking = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);

    /**
     * @param page that the probes view, and nothing else on this server
     */
    Visibility(URI server, String page, int seconds) {
        this.server = server;
        this.page = page;
        this.ids =
                IdsOfOnePartition.like(
                        page,
                        ServedPipeline.WEB_PARTITIONS,
                        (int) (TimeUnit.SECONDS.toNanos(seconds) / PROBE_EVERY_NANOS));
    }

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        int eventsPerRequest = Integer.parseInt(spec.variant());
        Meter meter = new Meter();
        try (ServerUnderTest server = ServerUnderTest.start();
                ServedPipeline pipeline = ServedPipeline.web(server.address());
                EventLoad small = EventLoad.live(server.address(), "one", 16, 1);
                EventLoad load =
                        EventLoad.live(server.address(), "run", spec.threads(), eventsPerRequest)) {
            WarmUp.run(spec, small, load, () -> ask(pipeline, server.address()));
            double sustained = sustained(pipeline, load);
            long rehearsed = rehearse(server.address(), load, sustained / 2);
            pipeline.settle();
            server.measureFrom();
            meter.start();
            Visibility visibility = new Visibility(server.address(), "probe", spec.seconds());
            EventLoad.Sent sent = visibility.measure(load, sustained / 2, spec.seconds());
            pipeline.settle();
            server.measureTo(meter);
            meter.stop(sent.events() + visibility.probes());
            long probes = rehearsed + visibility.probes();
            pipeline.prove(
                    small.accepted() + load.accepted() + probes,
                    small.people() + load.people() + probes);
            meter.figure("sustained-events/s", sustained);
            meter.figure("answer-p99-ms", sent.answerMs(99));
            meter.figure("refused", (double) sent.refused());
            visibility.report(meter);
        }
        meter.print();
    }

    /** Asks as is done later: for the row of a probe, for the ledger and for all rows. */
    static void ask(ServedPipeline pipeline, URI server) throws IOException, InterruptedException {
        try (HttpConnection connection = new HttpConnection(server)) {
            for (int i = 0; i < ASKED_IN_A_PAUSE; i++) {
                HttpConnection.Answer _ = connection.get(ROW + "none");
            }
        }
        pipeline.ask();
    }

    /** Events a second that a server takes and counts, with nothing left over. */
    static double sustained(ServedPipeline pipeline, EventLoad load)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        long most = load.seconds(CALIBRATION_SECONDS).events();
        pipeline.settle();
        return most / ((System.nanoTime() - begin) / 1e9);
    }

    /** Sends probes whose figures are thrown away, beside a load; returns how many. */
    static int rehearse(URI server, EventLoad load, double eventsPerSecond) throws Exception {
        Visibility rehearsal = new Visibility(server, "rehearsal", REHEARSAL_SECONDS);
        EventLoad.Sent _ = rehearsal.measure(load, eventsPerSecond, REHEARSAL_SECONDS);
        return rehearsal.probes();
    }

    int probes() {
        return ids.size();
    }

    /** From when probes were due, in milliseconds. */
    double seenMs(double percentile) {
        return seen.getValueAtPercentile(percentile) / 1e6;
    }

    /** Sends the probes beside a load, and returns when all are seen and the load is over. */
    EventLoad.Sent measure(EventLoad load, double eventsPerSecond, int seconds) throws Exception {
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            Future<EventLoad.Sent> background =
                    threads.submit(() -> load.paced(eventsPerSecond, seconds));
            long begin = System.nanoTime();
            Future<?> sending =
                    threads.submit(() -> {
                        send(begin);
                        return null;
                    });
            Future<?> watching =
                    threads.submit(() -> {
                        watch(begin);
                        return null;
                    });
            sending.get();
            watching.get();
            return background.get();
        }
    }

    private void send(long begin) throws IOException, InterruptedException {
        try (EventClient client = new EventClient(server, ServedPipeline.WEB)) {
            long due = begin;
            for (String id : ids) {
                Pause.until(due);
                int _ = client.send(probe(id));
                due += PROBE_EVERY_NANOS;
            }
        }
    }

    private byte[] probe(String id) {
        return """
        {"id":"%s","timestamp":%d,"type":"page_view","source":"probe",\
        "data":{"path":"/%s","ua":"probe"}}
        """
                .formatted(id, System.currentTimeMillis(), page)
                .getBytes(StandardCharsets.UTF_8);
    }

    private void watch(long begin) throws IOException {
        long end = begin + probes() * PROBE_EVERY_NANOS + PATIENCE_NANOS;
        try (HttpConnection connection = new HttpConnection(server)) {
            int known = 0;
            for (long due = begin; known < probes(); due += ASK_EVERY_NANOS) {
                Pause.until(due);
                long asked = System.nanoTime();
                HttpConnection.Answer answer = connection.get(ROW + page);
                long now = System.nanoTime();
                if (answer.status() != 200 || now > end) {
                    throw new IOException(
                            "%d of %d probes seen: %s".formatted(known, probes(), answer));
                }
                asking.recordValue(now - asked);
                long visible = ServedPipeline.views(answer.body());
                for (; known < visible; known++) {
                    seen.recordValue(now - (begin + known * PROBE_EVERY_NANOS));
                }
            }
        }
    }

    private void report(Meter meter) {
        meter.figure("visible-p50-ms", seenMs(50));
        meter.figure("visible-p99-ms", seenMs(99));
        meter.figure("ask-p99-ms", asking.getValueAtPercentile(99) / 1e6);
    }
}
