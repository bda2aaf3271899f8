package dev.millrace.bench;

/**
 * A real server in a process of its own, with all it does: durable, synced, dedupe, ledger. Fed
 * over as many connections as the contest allows threads, 1,000 events a request; variant {@code
 * single}: one event a request. The clock runs until all rows have been read over HTTP.
 *
 * <p>The warm-up is one event a request for two fifths of its time: what a request costs is
 * compiled after so many of them, which requests of a thousand events take long to come to.
 */
public final class ServedCount {
    /** Connections of the warm-up with small requests. */
    private static final int SMALL = 16;

    private ServedCount() {}

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        int eventsPerRequest = spec.variant().equals("single") ? 1 : Input.BATCH;
        InputBodies input = new InputBodies(spec);
        Meter meter = new Meter();
        try (ServerUnderTest server = ServerUnderTest.start();
                ServedPipeline pipeline = ServedPipeline.web(server.address());
                EventLoad small = load(server, input, SMALL, 1);
                EventLoad load = load(server, input, spec.threads(), eventsPerRequest)) {
            WarmUp.run(spec, small, load, pipeline::ask);
            server.measureFrom();
            meter.start();
            EventLoad.Sent sent = load.seconds(spec.seconds());
            pipeline.settle();
            meter.counted(pipeline.counted());
            server.measureTo(meter);
            pipeline.reportMissing(meter);
            meter.handedOut(input.people());
            meter.figure("refused", (double) sent.refused());
            meter.finish(sent.events(), spec);
        }
    }

    private static EventLoad load(
            ServerUnderTest server, InputBodies input, int connections, int eventsPerRequest)
            throws Exception {
        return EventLoad.of(
                input,
                connections,
                eventsPerRequest,
                () -> new EventClient(server.address(), ServedPipeline.WEB));
    }
}
