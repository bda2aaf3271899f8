package dev.millrace.bench;

/**
 * A real server in a process of its own with {@link OpenGroups}, a count and a distinct count, and
 * with all it does: durable, synced, dedupe, ledger. The variant is for how long ids are
 * remembered. Fed over one connection, so that events come in the order of their times. The heap is
 * the server's, with all events in rows.
 */
public final class ServedOpenGroups {
    private static final int EVENTS_PER_REQUEST = 1_000;

    private ServedOpenGroups() {}

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        OpenGroups groups = new OpenGroups(spec.groups());
        Meter meter = new Meter();
        try (ServerUnderTest server = ServerUnderTest.start();
                ServedPipeline pipeline =
                        new ServedPipeline(
                                server.address(),
                                ServedPipeline.WEB,
                                OpenGroups.definition(spec.variant()));
                EventClient client = new EventClient(server.address(), ServedPipeline.WEB)) {
            server.measureFrom();
            meter.start();
            for (long first = 0; first < groups.events(); first += EVENTS_PER_REQUEST) {
                int _ = client.send(groups.body(first, EVENTS_PER_REQUEST));
            }
            pipeline.settle();
            server.measureTo(meter);
            meter.stop(groups.events());
            long heapBytes = server.liveHeapBytes();
            pipeline.prove(groups.events(), groups.events());
            ServedPipeline.Count count = pipeline.count();
            groups.report(meter, heapBytes, count.views(), count.open());
        }
    }
}
