package dev.millrace.bench;

import java.util.List;
import java.util.Locale;

/**
 * How long answers and rows take under a part of the load that the server sustains, up to more than
 * all of it. Requests and probes are due at even distances and count from when they were due. The
 * variant is how many events are in a request.
 */
public final class LatencyCurve {
    private static final List<Integer> PERCENT = List.of(10, 25, 50, 75, 90, 100, 110);

    private LatencyCurve() {}

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        int eventsPerRequest = Integer.parseInt(spec.variant());
        try (ServerUnderTest server = ServerUnderTest.start();
                ServedPipeline pipeline = ServedPipeline.web(server.address());
                EventLoad small = EventLoad.live(server.address(), "one", 16, 1);
                EventLoad load =
                        EventLoad.live(server.address(), "run", spec.threads(), eventsPerRequest)) {
            WarmUp.run(spec, small, load, () -> Visibility.ask(pipeline, server.address()));
            double sustained = Visibility.sustained(pipeline, load);
            long probes = Visibility.rehearse(server.address(), load, sustained / 2);
            pipeline.settle();
            for (int percent : PERCENT) {
                Meter meter = new Meter();
                Visibility visibility =
                        new Visibility(
                                server.address(),
                                String.format(Locale.ROOT, "probe%d", percent),
                                spec.seconds());
                server.measureFrom();
                meter.start();
                EventLoad.Sent sent =
                        visibility.measure(load, sustained * percent / 100, spec.seconds());
                pipeline.settle();
                server.measureTo(meter);
                meter.stop(sent.events());
                probes += visibility.probes();
                pipeline.prove(
                        small.accepted() + load.accepted() + probes,
                        small.people() + load.people() + probes);
                meter.figure("at", percent);
                meter.figure("asked-events/s", sustained * percent / 100);
                meter.figure("answer-p50-ms", sent.answerMs(50));
                meter.figure("answer-p99-ms", sent.answerMs(99));
                meter.figure("answer-max-ms", sent.answerMs(100));
                meter.figure("visible-p50-ms", visibility.seenMs(50));
                meter.figure("visible-p99-ms", visibility.seenMs(99));
                meter.print();
            }
        }
    }
}
