package dev.millrace.testing;

import dev.millrace.testing.OraclePipeline.Aggregate;
import dev.millrace.testing.OraclePipeline.Event;
import dev.millrace.testing.OraclePipeline.Explode;
import dev.millrace.testing.OraclePipeline.Failure;
import dev.millrace.testing.OraclePipeline.Filter;
import dev.millrace.testing.OraclePipeline.Stage;
import dev.millrace.testing.OraclePipeline.Transform;
import dev.millrace.testing.SimulatedPipeline.Said;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws a pipeline over the events of {@link SimulatedTraffic}. */
final class PipelineDraw {
    private static final long DEDUPE_MS = 30L * 86_400_000;
    private static final int AGGREGATES_MAX = 3;

    private final Random random;
    private final AggregateDraw aggregates;

    PipelineDraw(Random random) {
        this.random = random;
        this.aggregates = new AggregateDraw(random);
    }

    SimulatedPipeline pipeline() {
        return new SimulatedPipeline(
                Draws.oneOf(random, "", "key: data.path\n", "key: data.path\n", "key: source\n"),
                Draws.oneOf(random, 0L, 1_000L, 5_000L, 60_000L),
                Draws.oneOf(random, 0L, 60_000L, 300_000L),
                Draws.oneIn(random, 4) ? 0 : DEDUPE_MS,
                stages());
    }

    private List<Said> stages() {
        List<Said> stages = new ArrayList<>();
        int count = 1 + random.nextInt(AGGREGATES_MAX);
        for (int i = 1; i <= count; i++) {
            if (Draws.oneIn(random, 3)) {
                stages.add(other("s" + i));
            }
            stages.add(aggregates.aggregate("a" + i));
        }
        return stages;
    }

    /** Another version: one of the stages is drawn anew, or gone. */
    SimulatedPipeline changed(SimulatedPipeline pipeline) {
        List<Said> stages = new ArrayList<>(pipeline.stages());
        int place = random.nextInt(stages.size());
        Stage stage = stages.get(place).stage();
        if (stages.size() > 1 && Draws.oneIn(random, 5)) {
            stages.remove(place);
        } else if (stage instanceof Aggregate) {
            stages.set(
                    place,
                    Draws.oneIn(random, 3)
                            ? aggregates.aggregate(stage.name())
                            : aggregates.changed(stages.get(place)));
        } else {
            stages.set(place, other(stage.name()));
        }
        return pipeline.with(stages);
    }

    private Said other(String name) {
        return switch (random.nextInt(4)) {
            case 0 ->
                    new Said(
                            "  - {name: %s, filter: data.status < 400}\n".formatted(name),
                            new Filter(name, event -> status(event) < 400));
            case 1 ->
                    new Said(
                            "  - {name: %s, filter: has(data.g)}\n".formatted(name),
                            new Filter(name, event -> event.data().containsKey("g")));
            case 2 ->
                    new Said(
                            "  - {name: %s, explode: data.items}\n".formatted(name),
                            new Explode(name, "data.items"));
            default ->
                    new Said(
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
