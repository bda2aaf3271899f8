package dev.millrace.bench;

import java.io.IOException;

/**
 * A load over HTTP, closed loop, on a server in a process of its own; the processor time is that of
 * both. The server takes the warm-up first. Variants: the server, {@code durable} or {@code bare},
 * and how many events are in a request, such as {@code bare,100}.
 *
 * <p>The clock stops when all events are in rows, of the bare server when all are answered.
 */
public final class HttpIngest {
    private HttpIngest() {}

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        String[] variant = spec.variant().split(",");
        int events = Integer.parseInt(variant[1]);
        try (ServerUnderTest server = start(variant[0]);
                EventLoad small = EventLoad.live(server.address(), "one", 16, 1);
                EventLoad load = EventLoad.live(server.address(), "run", spec.threads(), events)) {
            if (variant[0].equals("bare")) {
                bare(server, spec, small, load);
            } else {
                ours(server, spec, small, load);
            }
        }
    }

    private static ServerUnderTest start(String kind) throws IOException {
        return switch (kind) {
            case "bare" -> ServerUnderTest.start(BareServer.class);
            case "durable" -> ServerUnderTest.start();
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static void ours(ServerUnderTest server, Spec spec, EventLoad small, EventLoad load)
            throws Exception {
        Meter meter = new Meter();
        try (ServedPipeline pipeline = ServedPipeline.web(server.address())) {
            WarmUp.run(spec, small, load, pipeline::ask);
            server.measureFrom();
            meter.start();
            EventLoad.Sent sent = load.seconds(spec.seconds());
            pipeline.settle();
            server.measureTo(meter);
            meter.stop(sent.events());
            pipeline.prove(small.accepted() + load.accepted(), small.people() + load.people());
            report(meter, sent);
        }
        meter.print();
    }

    private static void bare(ServerUnderTest server, Spec spec, EventLoad small, EventLoad load)
            throws Exception {
        Meter meter = new Meter();
        try (HttpConnection proof = new HttpConnection(server.address())) {
            WarmUp.run(spec, small, load, () -> proof.get("/received"));
            server.measureFrom();
            meter.start();
            EventLoad.Sent sent = load.seconds(spec.seconds());
            server.measureTo(meter);
            meter.stop(sent.events());
            long events = small.accepted() + load.accepted();
            String received = proof.get("/received").body();
            if (Long.parseLong(received) != events * WebEvents.BYTES) {
                throw new IOException(
                        "void: %d events sent, %s bytes received".formatted(events, received));
            }
            report(meter, sent);
        }
        meter.print();
    }

    private static void report(Meter meter, EventLoad.Sent sent) {
        meter.figure("answer-p50-ms", sent.answerMs(50));
        meter.figure("answer-p99-ms", sent.answerMs(99));
        meter.figure("refused", (double) sent.refused());
    }
}
