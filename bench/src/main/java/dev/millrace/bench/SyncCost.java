package dev.millrace.bench;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a sync costs requests of one event: a server of ours and one that answers before a write is
 * on disk, a load over HTTP on each, closed loop. Both are warmed up, and then have the load for a
 * second each, in turn, over and over: what a shared machine has to give changes from minute to
 * minute, by more than a sync costs. Between turns, nothing is in flight.
 *
 * <p>Rates are of answers, since rows keep up with requests of one event. Events, processor time
 * and answers are those of the server that syncs.
 */
public final class SyncCost {
    private static final double TURN_SECONDS = 1;

    private SyncCost() {}

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        Meter meter = new Meter();
        try (Side synced = new Side(ServerUnderTest.start(), spec);
                Side unsynced = new Side(ServerUnderTest.start(UnsyncedServer.class), spec)) {
            synced.warmUp();
            unsynced.warmUp();
            double syncMs = DiskSync.p99Ms();
            for (int i = 0; i < spec.seconds() / TURN_SECONDS; i++) {
                boolean syncedFirst = i % 2 == 0;
                (syncedFirst ? synced : unsynced).turn();
                (syncedFirst ? unsynced : synced).turn();
            }
            synced.prove();
            unsynced.prove();
            synced.report(meter);
            meter.figure("unsynced-events/s", unsynced.rate());
            meter.figure("of-unsynced", synced.rate() / unsynced.rate());
            meter.figure("sync-p99-ms", syncMs);
            meter.figure("p99-in-syncs", synced.answerMs(99) / syncMs);
        }
        meter.print();
    }

    /** One of the two servers, with its load and what came of its turns. */
    private static final class Side implements AutoCloseable {
        private final Spec spec;
        private final ServerUnderTest server;
        private final ServedPipeline pipeline;
        private final EventLoad small;
        private final EventLoad load;
        private final Histogram answers = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        private long events;
        private double seconds;
        private double cpuSeconds;
        private double compilerSeconds;

        Side(ServerUnderTest server, Spec spec) throws IOException, InterruptedException {
            this.spec = spec;
            this.server = server;
            this.pipeline = ServedPipeline.web(server.address());
            this.small = EventLoad.live(server.address(), "one", 16, 1);
            this.load = EventLoad.live(server.address(), "run", spec.threads(), 1);
        }

        void warmUp() throws Exception {
            WarmUp.run(spec, small, load, pipeline::ask);
        }

        void turn() throws IOException, InterruptedException {
            double cpuBefore = cpuSeconds();
            double compilersBefore = compilerSeconds();
            EventLoad.Sent sent = load.seconds(TURN_SECONDS);
            cpuSeconds += cpuSeconds() - cpuBefore;
            compilerSeconds += compilerSeconds() - compilersBefore;
            events += sent.events();
            seconds += sent.seconds();
            answers.add(sent.answers());
            pipeline.settle();
        }

        /** Of the server and of this process, which sends. */
        private double cpuSeconds() {
            Duration own = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
            return server.cpuSeconds() + own.toNanos() / 1e9;
        }

        private double compilerSeconds() {
            return server.compilerSeconds() + CompilerTime.seconds(ProcessHandle.current().pid());
        }

        void prove() throws IOException, InterruptedException {
            pipeline.prove(small.accepted() + load.accepted(), small.people() + load.people());
        }

        double rate() {
            return events / seconds;
        }

        double answerMs(double percentile) {
            return answers.getValueAtPercentile(percentile) / 1e6;
        }

        void report(Meter meter) {
            meter.figure("events", (double) events);
            meter.figure("seconds", seconds);
            meter.figure("cpuSeconds", cpuSeconds);
            meter.figure("jit-%", 100 * compilerSeconds / cpuSeconds);
            meter.figure("answer-p50-ms", answerMs(50));
            meter.figure("answer-p99-ms", answerMs(99));
        }

        @Override
        public void close() throws IOException {
            load.close();
            small.close();
            pipeline.close();
            server.close();
        }
    }
}
