package dev.millrace.testing;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A stream of one seed: a wall clock that steps and now and then leaps; events around it, some far
 * behind, some ahead; resent ones; fields of every kind, some missing; ticks and advances.
 */
final class RandomStream {
    private static final Object MISSING = new Object();
    private static final long[] BEGINNINGS_MS = {0, 1_767_268_800_000L};

    private final Random random;
    private final List<Step> steps = new ArrayList<>();
    private final List<Step.Sent> sent = new ArrayList<>();
    private long wallMs;

    private RandomStream(Random random) {
        this.random = random;
        this.wallMs = BEGINNINGS_MS[random.nextInt(2)] + random.nextInt(100_000);
    }

    static List<Step> of(Random random) {
        RandomStream stream = new RandomStream(random);
        int length = 1 + random.nextInt(60);
        for (int i = 0; i < length; i++) {
            stream.step();
        }
        return stream.steps;
    }

    private void step() {
        if (oneIn(2)) {
            wallMs += random.nextInt(oneIn(15) ? 120_000 : 4_000);
        }
        if (oneIn(20)) {
            steps.add(Step.tick(wallMs - random.nextInt(20_000)));
        } else if (oneIn(40)) {
            steps.add(Step.advance(wallMs - random.nextInt(20_000)));
        } else {
            Step.Sent event =
                    !sent.isEmpty() && oneIn(6)
                            ? sent.get(random.nextInt(sent.size())).receivedAt(wallMs)
                            : event();
            sent.add(event);
            steps.add(event);
        }
    }

    private Step.Sent event() {
        long behindMs =
                switch (random.nextInt(8)) {
                    case 0 -> random.nextInt(300_000);
                    case 1 -> random.nextInt(30_000);
                    case 2 -> -random.nextInt(20_000);
                    default -> random.nextInt(4_000);
                };
        Step.Sent event = Step.event("e" + sent.size(), wallMs - behindMs).receivedAt(wallMs);
        event = oneIn(10) ? event.from("another") : event;
        event = with(event, "path", "/a", "/b", "/c", "/d", 1L, 1.0, 1.5, null, MISSING);
        event = with(event, "status", 200L, 200L, 200L, 204L, 301L, 404L, 500L, "200", MISSING);
        event = with(event, "g", "x", "y", true, null, 7L, "", MISSING, "x", Map.of(), List.of());
        return with(event, "n", number(), number(), number(), number(), null, MISSING, "7");
    }

    private Object number() {
        return switch (random.nextInt(6)) {
            case 0 -> (long) random.nextInt(10);
            case 1 -> random.nextInt(10) / 10.0;
            case 2 -> (random.nextInt(2_000_001) - 1_000_000) / 1_000.0;
            case 3 -> random.nextLong();
            case 4 -> -0.0;
            default -> (double) random.nextInt(3);
        };
    }

    private Step.Sent with(Step.Sent event, String field, @Nullable Object... choices) {
        Object value = choices[random.nextInt(choices.length)];
        return value == MISSING ? event : event.with(field, value);
    }

    private boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }
}
