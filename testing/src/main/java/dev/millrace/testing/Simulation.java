package dev.millrace.testing;

import dev.millrace.core.letter.LetterId;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A whole pipeline on simulated time, storage and faults, all drawn from one seed: producers whose
 * clocks are wrong, a network that delays, reorders and repeats, silence, a host that is stopped,
 * crashes at any step, stays away, or has its clock set. What is committed must be what the {@link
 * Oracle} makes of what happened, in the end and at commits on the way.
 */
public final class Simulation {
    /** Compiling a definition takes longer than a run, so that runs share so many of them. */
    private static final int PIPELINES = 300;

    private static final int PARTITIONS_MAX = 4;

    /** In one replay or discard. */
    private static final int LETTERS_MAX = 4;

    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60 * SECOND_MS;
    private static final long HOUR_MS = 60 * MINUTE_MS;

    /** Longest stretch without a beat of a host that is not stopped. */
    private static final long BEAT_MS = 200;

    /** The epoch, an ordinary day, nights in which clocks are set, and the ends of such days. */
    private static final long[] BEGINNINGS_MS =
            Stream.of(
                            "1970-01-01T00:00:00Z",
                            "2026-01-01T12:00:00Z",
                            "2026-03-29T00:55:00Z",
                            "2026-10-25T00:55:00Z",
                            "2026-03-08T06:55:00Z",
                            "2026-11-01T05:55:00Z",
                            "2026-03-29T21:30:00Z",
                            "2026-03-09T03:30:00Z")
                    .mapToLong(text -> Instant.parse(text).toEpochMilli())
                    .toArray();

    private static final Map<Integer, List<SimulatedPipeline>> DRAWN = new ConcurrentHashMap<>();

    private final long seed;
    private final Random random;
    private final List<SimulatedPipeline> versions;
    private final int partitions;
    private final SimulatedClock clock;
    private final SimulatedTraffic traffic;
    private final SimulatedHost host;

    private Simulation(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.versions = DRAWN.computeIfAbsent(Math.floorMod(seed, PIPELINES), Simulation::draw);
        this.partitions = 1 + random.nextInt(PARTITIONS_MAX);
        this.clock =
                new SimulatedClock(
                        BEGINNINGS_MS[random.nextInt(BEGINNINGS_MS.length)]
                                + Draws.upTo(random, 10 * MINUTE_MS));
        this.traffic = new SimulatedTraffic(random);
        this.host = new SimulatedHost(versions.getFirst(), partitions, clock);
    }

    /** A pipeline, and what it may be changed to. */
    private static List<SimulatedPipeline> draw(int number) {
        PipelineDraw draw = new PipelineDraw(new Random(number));
        SimulatedPipeline first = draw.pipeline();
        return List.of(first, draw.changed(first));
    }

    /**
     * Runs one.
     *
     * @throws AssertionError if it does not come to what it must; names seed and pipeline, and says
     *     what differs
     */
    public static void run(long seed) {
        Simulation simulation = new Simulation(seed);
        try {
            simulation.run();
        } catch (RuntimeException | AssertionError broken) {
            throw new AssertionError(simulation + "\n" + broken.getMessage(), broken);
        }
    }

    private void run() {
        int steps = 10 + random.nextInt(60);
        for (int i = 0; i < steps; i++) {
            step();
            workSome();
            if (Draws.oneIn(random, 4)) {
                commit();
            }
        }
        bringIn();
        while (host.hasWork()) {
            workSome();
        }
        if (Draws.oneIn(random, 4)) {
            pass(Draws.upTo(random, 2 * MINUTE_MS));
        }
        host.commit(this::nothing);
        host.compare();
        host.crash(SimulatedHost.Crash.BETWEEN_RECORDS, this::nothing);
        host.restart();
        host.commit(this::nothing);
        host.compare();
    }

    private void step() {
        switch (random.nextInt(50)) {
            case 0, 1, 2 -> pass(Draws.upTo(random, 20 * SECOND_MS));
            case 3 -> pass(Draws.upTo(random, Draws.oneIn(random, 4) ? 12 * MINUTE_MS : MINUTE_MS));
            case 4 -> beStopped(Draws.upTo(random, Draws.oneIn(random, 3) ? HOUR_MS : MINUTE_MS));
            case 5 -> clock.setWallAhead(Draws.upTo(random, 2 * HOUR_MS) - HOUR_MS);
            case 6 -> clock.setWallAhead(0);
            case 7, 8, 9 -> crash();
            case 10 ->
                    host.advance(
                            (clock.wallMs() / SECOND_MS + random.nextInt(60) - 50) * SECOND_MS);
            case 11 -> host.change(versions.get(random.nextInt(versions.size())));
            case 12, 13, 14 -> host.replay(someLetters(), traffic.patch());
            case 15 -> host.discard(someLetters());
            default -> {
                for (int left = 1 + random.nextInt(4); left > 0; left--) {
                    traffic.produce(clock.nowMs());
                }
                pass(Draws.upTo(random, Draws.oneIn(random, 3) ? 5 * SECOND_MS : 300));
            }
        }
    }

    private List<LetterId> someLetters() {
        List<LetterId> letters = new ArrayList<>(host.letters());
        Collections.shuffle(letters, random);
        return letters.subList(0, Math.min(letters.size(), LETTERS_MAX));
    }

    /** Time passes for a host that runs. */
    private void pass(long ms) {
        long endMs = clock.nowMs() + ms;
        while (clock.nowMs() < endMs) {
            long nextMs = Math.min(endMs, Math.max(clock.nowMs() + 1, traffic.nextArrivalMs()));
            clock.pass(Math.min(BEAT_MS, nextMs - clock.nowMs()));
            deliver();
            if (host.hasWork()) {
                workSome();
            }
            host.beat();
        }
        deliver();
    }

    /** Time passes, and the host does nothing, as if it were stopped. */
    private void beStopped(long ms) {
        clock.pass(ms);
        deliver();
        host.beat();
    }

    private void crash() {
        host.crash(Draws.oneOf(random, SimulatedHost.Crash.values()), this::workSome);
        if (Draws.oneIn(random, 3)) {
            clock.pass(Draws.upTo(random, HOUR_MS));
        }
        host.restart();
        deliver();
    }

    /** Whatever is on its way still arrives. */
    private void bringIn() {
        while (traffic.nextArrivalMs() != Long.MAX_VALUE) {
            long waitMs = Math.max(1, traffic.nextArrivalMs() - clock.nowMs());
            if (Draws.oneIn(random, 6)) {
                pass(waitMs);
            } else {
                beStopped(waitMs);
            }
            workSome();
            if (Draws.oneIn(random, 6)) {
                commit();
            }
        }
    }

    private void deliver() {
        List<Step.Sent> arrived = traffic.arrived(clock.nowMs());
        while (!arrived.isEmpty()) {
            int size = Draws.oneIn(random, 3) ? 1 : arrived.size();
            host.receive(arrived.subList(0, size), Draws.oneIn(random, 30));
            arrived = arrived.subList(size, arrived.size());
        }
    }

    /** Partitions go on, each at its own pace. */
    private void workSome() {
        for (int partition = 0; partition < partitions; partition++) {
            for (int left = random.nextInt(6); left > 0 && host.hasWork(partition); left--) {
                host.work(partition);
            }
        }
    }

    private void commit() {
        host.commit(Draws.oneIn(random, 2) ? this::workSome : this::nothing);
        if (Draws.oneIn(random, 8) && host.isOfOneVersion()) {
            host.compare();
        }
    }

    private void nothing() {}

    @Override
    public String toString() {
        return "-Dmillrace.seed=%d, %d partitions of\n%s\nwhich may be changed to\n%s"
                .formatted(
                        seed,
                        partitions,
                        versions.getFirst().definition(),
                        versions.getLast().definition());
    }
}
