package dev.millrace.bench;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
 * <p>Probes go over one connection in order; a count of n is taken as the first n of them. In the
 * specification, threads are connections, batches are seconds, and the variant is how many events
 * are in a request.
 */
public final class Visibility {
    private static final int CALIBRATION_SECONDS = 5;
    private static final long BEAT_MS = 250;
    private static final long PROBE_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(23);
    private static final long ASK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final String ROW =
            WebPipeline.PATH + "/aggregates/views?group.data.path=/probe&limit=10";

    private final URI server;
    private final int probes;
    private final Histogram seen = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
    private final Histogram asking = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);

    private Visibility(URI server, int probes) {
        this.server = server;
        this.probes = probes;
    }

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        int seconds = (int) (spec.batches() - spec.warmUp());
        Meter meter = new Meter();
        try (ServerUnderTest server = ServerUnderTest.start();
                WebPipeline pipeline = new WebPipeline(server.address());
                EventLoad load =
                        new EventLoad(
                                server.address(),
                                "run",
                                spec.threads(),
                                Integer.parseInt(spec.variant()))) {
            load.seconds((int) spec.warmUp());
            pipeline.settle();
            long begin = System.nanoTime();
            long most = load.seconds(CALIBRATION_SECONDS).events();
            pipeline.settle();
            double sustained = most / ((System.nanoTime() - begin) / 1e9);
            int probes = (int) (TimeUnit.SECONDS.toNanos(seconds) / PROBE_EVERY_NANOS);
            double cpuBefore = server.cpuSeconds();
            meter.start();
            Visibility visibility = new Visibility(server.address(), probes);
            EventLoad.Sent sent = visibility.measure(load, sustained / 2, seconds);
            pipeline.settle();
            meter.otherCpu(server.cpuSeconds() - cpuBefore);
            meter.stop(sent.events() + probes);
            pipeline.prove(load.accepted() + probes);
            meter.figure("sustained-events/s", sustained);
            meter.figure("answer-p99-ms", sent.answerMs(99));
            visibility.report(meter);
        }
        meter.print();
    }

    private EventLoad.Sent measure(EventLoad load, double eventsPerSecond, int seconds)
            throws Exception {
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

    private void send(long begin) throws IOException {
        try (HttpConnection connection = new HttpConnection(server)) {
            for (int i = 0; i < probes; i++) {
                Pause.until(begin + i * PROBE_EVERY_NANOS);
                byte[] probe = probe(i);
                HttpConnection.Answer answer =
                        connection.send(EventSender.head(probe.length), probe);
                if (answer.status() != 202) {
                    throw new IOException("a probe was refused: " + answer);
                }
            }
        }
    }

    private static byte[] probe(int number) {
        return """
        {"id":"probe-%d","timestamp":%d,"type":"page_view","source":"probe",\
        "data":{"path":"/probe","ua":"probe"}}
        """
                .formatted(number, System.currentTimeMillis())
                .getBytes(StandardCharsets.UTF_8);
    }

    private void watch(long begin) throws IOException {
        long end = begin + probes * PROBE_EVERY_NANOS + PATIENCE_NANOS;
        try (HttpConnection connection = new HttpConnection(server)) {
            int known = 0;
            for (long due = begin; known < probes; due += ASK_EVERY_NANOS) {
                Pause.until(due);
                long asked = System.nanoTime();
                HttpConnection.Answer answer = connection.get(ROW);
                long now = System.nanoTime();
                if (answer.status() != 200 || now > end) {
                    throw new IOException(
                            "%d of %d probes seen: %s".formatted(known, probes, answer));
                }
                asking.recordValue(now - asked);
                long visible = WebPipeline.views(answer.body());
                for (; known < visible; known++) {
                    seen.recordValue(now - (begin + known * PROBE_EVERY_NANOS));
                }
            }
        }
    }

    private void report(Meter meter) {
        double p99Ms = seen.getValueAtPercentile(99) / 1e6;
        meter.figure("visible-p50-ms", seen.getValueAtPercentile(50) / 1e6);
        meter.figure("visible-p99-ms", p99Ms);
        meter.figure("p99-beyond-beat-ms", p99Ms - BEAT_MS);
        meter.figure("ask-p99-ms", asking.getValueAtPercentile(99) / 1e6);
    }
}
