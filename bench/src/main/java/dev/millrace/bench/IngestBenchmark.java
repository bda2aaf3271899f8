package dev.millrace.bench;

import java.util.concurrent.TimeUnit;

/**
 * A real server in its own process, durable, dedupe on, windows and commits on, fed over loopback
 * by a generator on the same processors: NDJSON by the thousand, then one event a request over 64
 * connections. Prints events a second up to the moment at which all are counted in rows, answers,
 * refusals, the time to ready and resident memory. A run is void unless the ledger balances and the
 * rows count every event.
 */
public final class IngestBenchmark {
    private static final int WARM_UP_SECONDS = 5;
    private static final int SECONDS = 10;

    private IngestBenchmark() {}

    public static void main(String[] args) throws Exception {
        measure("NDJSON, 1,000 events a request", 4, 1_000);
        measure("one event a request", 64, 1);
    }

    private static void measure(String name, int connections, int eventsPerRequest)
            throws Exception {
        try (ServerUnderTest server = ServerUnderTest.start()) {
            TimeUnit.SECONDS.sleep(2);
            System.out.printf(
                    "%s: ready in %.2f s, %d MiB resident idle%n",
                    name, server.readySeconds(), server.residentMiB());
            try (WebPipeline pipeline = new WebPipeline(server.address());
                    EventLoad load =
                            new EventLoad(server.address(), "run", connections, eventsPerRequest)) {
                load.seconds(WARM_UP_SECONDS);
                pipeline.settle();
                double cpuBefore = server.cpuSeconds();
                long begin = System.nanoTime();
                EventLoad.Sent sent = load.seconds(SECONDS);
                pipeline.settle();
                double seconds = (System.nanoTime() - begin) / 1e9;
                System.out.printf(
                        "  %,.0f events/s, %,.0f requests/s, %,.0f events a CPU-second of the server; answer p50 %.2f ms, p99 %.2f ms; %d refused; %d MiB resident%n",
                        sent.events() / seconds,
                        sent.events() / seconds / eventsPerRequest,
                        sent.events() / (server.cpuSeconds() - cpuBefore),
                        sent.answerMs(50),
                        sent.answerMs(99),
                        sent.refused(),
                        server.residentMiB());
                System.out.printf("  %s%n", pipeline.prove(load.accepted()));
            }
        }
    }
}
