package dev.millrace.bench;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The points of one curve of throughput, on one server in a process of its own: durable, dedupe and
 * commits on, closed loop over 16 connections, and every point with pipelines and a warm-up of its
 * own, in which only the ledger is asked: rows are read when the clock stands. The clock of a point
 * stops when all its events are in rows. The variant is the setting that varies, as {@link
 * CurveSetting} names it.
 */
public final class ServedCurve {
    private static final int CONNECTIONS = 16;
    private static final double POINT_WARM_UP_SECONDS = 3;

    private final ServerUnderTest server;
    private final CurvePoint point;
    private final String run;
    private final List<ServedPipeline> pipelines = new ArrayList<>();

    private ServedCurve(ServerUnderTest server, CurvePoint point, int number) {
        this.server = server;
        this.point = point;
        this.run = "c%02d".formatted(number);
    }

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        CurveSetting setting = CurveSetting.parse(spec.variant());
        try (ServerUnderTest server = ServerUnderTest.start()) {
            warmUp(server.address(), spec);
            int number = 0;
            for (int value : setting.points()) {
                Meter meter = new Meter();
                meter.figure("at", value);
                new ServedCurve(server, setting.at(value), number++).measure(meter, spec);
                meter.print();
            }
        }
    }

    private static void warmUp(URI server, Spec spec) throws Exception {
        try (ServedPipeline pipeline = ServedPipeline.web(server);
                EventLoad small = EventLoad.live(server, "one", CONNECTIONS, 1);
                EventLoad load = EventLoad.live(server, "run", CONNECTIONS, Input.BATCH)) {
            WarmUp.run(spec, small, load, pipeline::ask);
            pipeline.prove(small.accepted() + load.accepted(), small.people() + load.people());
            pipeline.delete();
        }
    }

    private void measure(Meter meter, Spec spec) throws Exception {
        try {
            for (int i = 0; i < point.pipelines(); i++) {
                String name = String.format(Locale.ROOT, "%s-%d", run, i);
                pipelines.add(new ServedPipeline(server.address(), name, point.definition(name)));
            }
            try (EventLoad load = load();
                    RowReaders readers =
                            new RowReaders(server.address(), run + "-0", point.readers())) {
                while (load.accepted() < point.groups()) {
                    load.seconds(1);
                }
                WarmUp.run(POINT_WARM_UP_SECONDS, load::seconds, this::settle);
                long readBefore = readers.answered();
                server.measureFrom();
                meter.start();
                EventLoad.Sent sent = load.seconds(spec.seconds());
                settle();
                server.measureTo(meter);
                meter.stop(sent.events());
                meter.figure("answer-p99-ms", sent.answerMs(99));
                meter.figure("reads", (double) (readers.answered() - readBefore));
                prove(load.accepted());
            }
        } finally {
            for (ServedPipeline pipeline : pipelines) {
                pipeline.delete();
                pipeline.close();
            }
        }
    }

    private EventLoad load() throws IOException {
        List<String> names = pipelines.stream().map(ServedPipeline::name).toList();
        EventLoad load = new EventLoad(point.eventsPerRequest());
        AtomicLong next = new AtomicLong();
        for (int i = 0; i < CONNECTIONS; i++) {
            load.add(new EventClient(server.address(), names), new GroupEvents(run, next, point));
        }
        return load;
    }

    private void settle() throws IOException, InterruptedException {
        for (ServedPipeline pipeline : pipelines) {
            pipeline.settle();
        }
    }

    /** Every event passes the filters of a curve. */
    private void prove(long events) throws IOException, InterruptedException {
        long accepted = 0;
        long counted = 0;
        for (ServedPipeline pipeline : pipelines) {
            ServedPipeline.Proof proven = pipeline.proven();
            accepted += proven.accepted();
            counted += proven.counted();
        }
        ServedPipeline.require(
                new ServedPipeline.Proof(events, events),
                new ServedPipeline.Proof(accepted, counted));
    }
}
