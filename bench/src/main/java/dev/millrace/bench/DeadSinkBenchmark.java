package dev.millrace.bench;

import dev.millrace.testing.net.ReservedPort;

import java.io.IOException;
import java.util.Arrays;

/**
 * What a sink whose system is away costs a pipeline at full speed: two pipelines of one server, the
 * same but for a sink of the second that nothing answers, have the load in turns. Every turn runs
 * until all its events are counted. The live heap is that after the turns, a full collection before
 * it is read, against that before them.
 */
public final class DeadSinkBenchmark {
    private static final int CONNECTIONS = 16;
    private static final int SMALL = 8;
    private static final int WARM_UP_SECONDS = 20;
    private static final int SECONDS = 5;
    private static final int ROUNDS = 8;

    private final InputBodies input;

    private DeadSinkBenchmark(InputBodies input) {
        this.input = input;
    }

    private record Contestant(String name, ServerUnderTest server, ServedPipeline pipeline) {}

    public static void main(String[] args) throws Exception {
        InputBodies input = new InputBodies(Spec.parse(args));
        try (ReservedPort nobody = new ReservedPort();
                ServerUnderTest one = ServerUnderTest.start();
                ServerUnderTest other = ServerUnderTest.start();
                ServedPipeline alone = ServedPipeline.web(one.address());
                ServedPipeline dead =
                        ServedPipeline.web(
                                other.address(),
                                """
                                sinks:
                                  - name: away
                                    from: [views]
                                    postgres: {url: "postgresql://127.0.0.1:%d/none", table: views}
                                """
                                        .formatted(nobody.number()))) {
            new DeadSinkBenchmark(input)
                    .compare(
                            new Contestant("alone", one, alone),
                            new Contestant("with a dead sink", other, dead));
        }
    }

    private void compare(Contestant alone, Contestant dead) throws Exception {
        for (Contestant one : new Contestant[] {alone, dead}) {
            try (EventLoad small = load(one, 1);
                    EventLoad load = load(one, Input.BATCH)) {
                WarmUp.run(WARM_UP_SECONDS * 0.4, small::seconds, one.pipeline::ask);
                WarmUp.run(WARM_UP_SECONDS * 0.6, load::seconds, one.pipeline::ask);
            }
        }
        double[] ratios = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            // Who is first takes turns, too.
            boolean isDeadFirst = round % 2 == 1;
            double first = eventsPerSecond(isDeadFirst ? dead : alone);
            double second = eventsPerSecond(isDeadFirst ? alone : dead);
            ratios[round] = isDeadFirst ? first / second : second / first;
        }
        Arrays.sort(ratios);
        System.out.printf(
                "with a dead sink %.1f %% (%.1f to %.1f) of the events/s alone, by rounds%n",
                100 * ratios[ROUNDS / 2], 100 * ratios[0], 100 * ratios[ROUNDS - 1]);
        for (Contestant one : new Contestant[] {alone, dead}) {
            System.out.printf(
                    "%s: %,d events, each counted once; live heap %,d MiB%n",
                    one.name, one.pipeline.proven().accepted(), one.server.liveHeapBytes() >> 20);
        }
    }

    private double eventsPerSecond(Contestant one) throws Exception {
        try (EventLoad load = load(one, Input.BATCH)) {
            long begin = System.nanoTime();
            EventLoad.Sent sent = load.seconds(SECONDS);
            one.pipeline.settle();
            double perSecond = sent.events() * 1e9 / (System.nanoTime() - begin);
            System.out.printf("%s: %,.0f events/s%n", one.name, perSecond);
            return perSecond;
        }
    }

    private EventLoad load(Contestant one, int eventsPerRequest) throws IOException {
        return EventLoad.of(
                input,
                eventsPerRequest == 1 ? SMALL : CONNECTIONS,
                eventsPerRequest,
                () -> new EventClient(one.server.address(), one.pipeline.name()));
    }
}
