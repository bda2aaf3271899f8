package dev.millrace.bench;

import java.io.IOException;

/**
 * A finite load over HTTP, closed loop, on a server in a process of its own; the processor time is
 * that of both. The server takes the warm-up first. Variants: the server, {@code durable}, {@code
 * unsynced} or {@code bare}, and how many events are in a request, such as {@code bare,100}. In the
 * specification, threads are connections and batches are requests.
 *
 * <p>The clock stops when all events are in rows, of the bare server when all are answered.
 */
public final class HttpIngest {
    private HttpIngest() {}

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        String[] variant = spec.variant().split(",");
        int events = Integer.parseInt(variant[1]);
        switch (variant[0]) {
            case "bare" -> bare(spec, events);
            case "durable" -> {
                try (ServerUnderTest server = ServerUnderTest.start()) {
                    ours(server, spec, events);
                }
            }
            case "unsynced" -> {
                try (ServerUnderTest server = ServerUnderTest.start(UnsyncedServer.class)) {
                    ours(server, spec, events);
                }
            }
            default -> throw new IllegalArgumentException(spec.variant());
        }
    }

    private static void ours(ServerUnderTest server, Spec spec, int events) throws Exception {
        Meter meter = new Meter();
        double syncMs = DiskSync.p99Ms();
        meter.figure("sync-p99-ms", syncMs);
        try (WebPipeline pipeline = new WebPipeline(server.address());
                EventLoad load = new EventLoad(server.address(), "run", spec.threads(), events)) {
            load.requests(spec.warmUp());
            pipeline.settle();
            double cpuBefore = server.cpuSeconds();
            meter.start();
            EventLoad.Sent sent = load.requests(spec.batches() - spec.warmUp());
            pipeline.settle();
            meter.otherCpu(server.cpuSeconds() - cpuBefore);
            meter.stop(sent.events());
            pipeline.prove(load.accepted());
            report(meter, sent, server.cpuSeconds() - cpuBefore);
            meter.figure("p99-in-syncs", sent.answerMs(99) / syncMs);
        }
        meter.print();
    }

    private static void bare(Spec spec, int events) throws Exception {
        Meter meter = new Meter();
        try (ServerUnderTest server = ServerUnderTest.start(BareServer.class);
                EventLoad load = new EventLoad(server.address(), "run", spec.threads(), events);
                HttpConnection proof = new HttpConnection(server.address())) {
            load.requests(spec.warmUp());
            double cpuBefore = server.cpuSeconds();
            meter.start();
            EventLoad.Sent sent = load.requests(spec.batches() - spec.warmUp());
            meter.otherCpu(server.cpuSeconds() - cpuBefore);
            meter.stop(sent.events());
            String received = proof.get("/received").body();
            if (Long.parseLong(received) != load.accepted() * WebEvents.BYTES) {
                throw new IOException(
                        "void: %d events sent, %s bytes received"
                                .formatted(load.accepted(), received));
            }
            report(meter, sent, server.cpuSeconds() - cpuBefore);
        }
        meter.print();
    }

    private static void report(Meter meter, EventLoad.Sent sent, double serverCpuSeconds) {
        meter.figure("server-events/cpu-s", sent.events() / serverCpuSeconds);
        meter.figure("answer-p50-ms", sent.answerMs(50));
        meter.figure("answer-p99-ms", sent.answerMs(99));
        meter.figure("refused", (double) sent.refused());
    }
}
