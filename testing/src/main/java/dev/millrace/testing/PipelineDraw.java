package dev.millrace.testing;

import dev.millrace.testing.OraclePipeline.Event;
import dev.millrace.testing.OraclePipeline.Failure;
import dev.millrace.testing.OraclePipeline.Filter;
import dev.millrace.testing.OraclePipeline.Stage;
import dev.millrace.testing.OraclePipeline.Transform;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws a pipeline over the events of {@link SimulatedTraffic}. */
final class PipelineDraw {
    private static final long DEDUPE_MS = 30L * 86_400_000;
    private static final int AGGREGATES_MAX = 3;

    private final Random random;

    /** A stage said twice. */
    record Drawn(String text, Stage stage) {}

    PipelineDraw(Random random) {
        this.random = random;
    }

    SimulatedPipeline pipeline() {
        String key =
                Draws.oneOf(random, "", "key: data.path\n", "key: data.path\n", "key: source\n");
        long outOfOrderMs = Draws.oneOf(random, 0L, 1_000L, 5_000L, 60_000L);
        long maxSkewMs = Draws.oneOf(random, 0L, 60_000L, 300_000L);
        long dedupeMs = Draws.oneIn(random, 4) ? 0 : DEDUPE_MS;
        List<Drawn> stages = stages();
        StringBuilder definition =
                new StringBuilder("pipeline: drawn\n")
                        .append(key)
                        .append("outOfOrder: %dms\n".formatted(outOfOrderMs))
                        .append("maxSkew: %dms\n".formatted(maxSkewMs))
                        .append("dedupe: %dms\n".formatted(dedupeMs))
                        .append("stages:\n");
        stages.forEach(drawn -> definition.append(drawn.text()));
        return new SimulatedPipeline(
                definition.toString(),
                maxSkewMs,
                new OraclePipeline(
                        outOfOrderMs,
                        dedupeMs,
                        Integer.MAX_VALUE,
                        stages.stream().map(Drawn::stage).toList()));
    }

    private List<Drawn> stages() {
        List<Drawn> stages = new ArrayList<>();
        AggregateDraw aggregates = new AggregateDraw(random);
        int count = 1 + random.nextInt(AGGREGATES_MAX);
        for (int i = 1; i <= count; i++) {
            if (Draws.oneIn(random, 3)) {
                stages.add(other("s" + i));
            }
            stages.add(aggregates.aggregate("a" + i));
        }
        return stages;
    }

    private Drawn other(String name) {
        return switch (random.nextInt(3)) {
            case 0 ->
                    new Drawn(
                            "  - {name: %s, filter: data.status < 400}\n".formatted(name),
                            new Filter(name, event -> status(event) < 400));
            case 1 ->
                    new Drawn(
                            "  - {name: %s, filter: has(data.g)}\n".formatted(name),
                            new Filter(name, event -> event.data().containsKey("g")));
            default ->
                    new Drawn(
                            "  - {name: %s, transform: {data.status: data.status / 100, data.g: \"null\"}}\n"
                                    .formatted(name),
                            new Transform(
                                    name,
                                    event ->
                                            event.with("status", status(event) / 100)
                                                    .with("g", null)));
        };
    }

    static long status(Event event) {
        if (!event.data().containsKey("status")) {
            throw new Failure("no-such-field");
        }
        if (!(event.data().get("status") instanceof Long status)) {
            throw new Failure("type");
        }
        return status;
    }
}
