package dev.millrace.testing;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Producers, whose clocks run fast or slow, and the network between them and the host: what is sent
 * arrives late, out of order, or again.
 */
final class SimulatedTraffic {
    private static final Object MISSING = new Object();
    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60 * SECOND_MS;

    /** How far a clock may be ahead: beyond what any pipeline here takes. */
    private static final long FAST_MS_MAX = 8 * MINUTE_MS;

    private static final long DELAY_MS_MAX = 10 * MINUTE_MS;
    private static final int PRODUCERS_MAX = 3;

    /** So few that every sketch is exact. */
    private static final int EVENTS_MAX = 100;

    private final Random random;
    private final List<Producer> producers = new ArrayList<>();
    private final PriorityQueue<InFlight> network =
            new PriorityQueue<>(
                    Comparator.comparingLong(InFlight::arrivesMs)
                            .thenComparingLong(InFlight::number));
    private long sent;
    private long number;

    /**
     * @param aheadMs how far its clock is ahead
     * @param stepMs to which it cuts its timestamps; whole seconds meet the bounds of windows
     */
    private record Producer(long aheadMs, long stepMs) {
        long timeAt(long nowMs) {
            return Math.floorDiv(nowMs + aheadMs, stepMs) * stepMs;
        }
    }

    private record InFlight(long arrivesMs, long number, Step.Sent event) {}

    SimulatedTraffic(Random random) {
        this.random = random;
        for (int left = 1 + random.nextInt(PRODUCERS_MAX); left > 0; left--) {
            producers.add(producer());
        }
    }

    private Producer producer() {
        long aheadMs =
                switch (random.nextInt(6)) {
                    case 0 -> Draws.upTo(random, FAST_MS_MAX);
                    case 1 -> -Draws.upTo(random, 2 * MINUTE_MS);
                    default -> Draws.upTo(random, 400) - 200;
                };
        return new Producer(aheadMs, Draws.oneOf(random, 1L, SECOND_MS));
    }

    /** Has a producer send an event, unless there have been enough. */
    void produce(long nowMs) {
        if (sent == EVENTS_MAX) {
            return;
        }
        Producer producer = producers.get(random.nextInt(producers.size()));
        send(event("e" + sent++, producer.timeAt(nowMs)), nowMs);
    }

    private void send(Step.Sent event, long nowMs) {
        long delayMs =
                switch (random.nextInt(12)) {
                    case 0 -> Draws.upTo(random, DELAY_MS_MAX);
                    case 1, 2 -> Draws.upTo(random, 30_000);
                    case 3, 4, 5 -> 0;
                    default -> Draws.upTo(random, 2_000);
                };
        network.add(new InFlight(nowMs + delayMs, number++, event));
    }

    /** When the next event arrives; {@link Long#MAX_VALUE} where none is on its way. */
    long nextArrivalMs() {
        InFlight next = network.peek();
        return next == null ? Long.MAX_VALUE : next.arrivesMs();
    }

    /** What has arrived, in order. A producer that got no answer sends again. */
    List<Step.Sent> arrived(long nowMs) {
        List<Step.Sent> arrived = new ArrayList<>();
        while (nextArrivalMs() <= nowMs) {
            Step.Sent event = network.remove().event();
            arrived.add(event);
            if (Draws.oneIn(random, 10)) {
                send(event, nowMs);
            }
        }
        return arrived;
    }

    private Step.Sent event(String id, long timestampMs) {
        Step.Sent event = new Step.Sent(id, "site", "view", timestampMs, 0, Map.of());
        event = Draws.oneIn(random, 6) ? event.from("another") : event;
        event = with(event, "path", "/a", "/b", "/c", "/d", 1L, 1.0, 1.5, null, MISSING);
        event = with(event, "status", 200L, 200L, 200L, 204L, 301L, 404L, 500L, "200", MISSING);
        event = with(event, "g", "x", "y", "x", true, null, 7L, "", MISSING, "x", Map.of());
        event = with(event, "n", number(), number(), number(), number(), number(), null, MISSING);
        event = with(event, "items", items(), items(), items(), items(), null, MISSING);
        return Draws.oneIn(random, 30) ? event.with("n", "7").with("items", "none") : event;
    }

    /** What an operator sets in an event that failed; often nothing. */
    Map<String, @Nullable Object> patch() {
        return switch (random.nextInt(8)) {
            case 0 -> Map.of("status", 200L);
            case 1 -> Collections.singletonMap("n", null);
            case 2 -> Map.of("n", number(), "g", "x");
            case 3 -> Map.of("items", List.of("p", 1L));
            case 4 -> Map.of("path", 7L);
            default -> Map.of();
        };
    }

    private Object items() {
        List<@Nullable Object> items = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            items.add(Draws.oneOf(random, "p", "q", 1L, true, null));
        }
        return Draws.oneIn(random, 40) ? List.of(Map.of("sku", "p"), List.of(), "p") : items;
    }

    private Object number() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> (long) random.nextInt(10);
            case 2 -> random.nextInt(10) / 10.0;
            case 3 -> (random.nextInt(2_000_001) - 1_000_000) / 1_000.0;
            case 4 -> (long) random.nextInt();
            default -> (double) random.nextInt(3);
        };
    }

    private Step.Sent with(Step.Sent event, String field, @Nullable Object... choices) {
        Object value = choices[random.nextInt(choices.length)];
        return value == MISSING ? event : event.with(field, value);
    }
}
