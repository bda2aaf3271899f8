package dev.millrace.core.aggregate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.EventReader;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Projection;
import dev.millrace.core.event.ReadLimits;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Events that have one field, {@code data.v}, and what a value of an aggregate makes of them. */
final class Scalars {
    private static final Projection PROJECTION = Projection.of(List.of(FieldPath.parse("data.v")));
    private static final Field FIELD = PROJECTION.field(FieldPath.parse("data.v"));
    private static final EventBatch WITHOUT =
            new EventReader(PROJECTION, FieldPath.ID, 1, 0, ReadLimits.DEFAULT, null)
                    .one(
                            """
                            {"id":"e","type":"t","source":"s","timestamp":1000,"data":{}}\
                            """
                                    .getBytes(UTF_8),
                            1_000);

    private final Event event = new Event(PROJECTION);

    static DistinctAggregator distinct() {
        return new DistinctAggregator(new ScalarField(FIELD));
    }

    static QuantileAggregator quantile(double q) {
        return new QuantileAggregator(new NumericField(FIELD), q);
    }

    static TopAggregator top(int k) {
        return new TopAggregator(new ScalarField(FIELD), k);
    }

    /**
     * @return the same event each time
     */
    Event event(@Nullable Object value) {
        Event moved = event.moveTo(WITHOUT, 0);
        moved.set(FIELD, value);
        return moved;
    }

    /** An event without the field. */
    Event missing() {
        return event.moveTo(WITHOUT, 0);
    }

    @Nullable Sketch sketch(SketchAggregator aggregator, Iterable<? extends Object> values) {
        Sketch sketch = null;
        for (Object value : values) {
            sketch = aggregator.add(sketch, event(value));
        }
        return sketch;
    }

    @Nullable Object result(SketchAggregator aggregator, Object... values) {
        return aggregator.result(sketch(aggregator, List.of(values)));
    }

    /**
     * Deals the values out to some parts, and puts the parts together in any order, some of them by
     * way of their bytes.
     */
    @Nullable Sketch inParts(
            SketchAggregator aggregator, List<? extends Object> values, Random random) {
        List<@Nullable Sketch> parts = new ArrayList<>();
        int count = 1 + random.nextInt(10);
        for (int i = 0; i < count; i++) {
            parts.add(null);
        }
        for (Object value : values) {
            int part = random.nextInt(count);
            parts.set(part, aggregator.add(parts.get(part), event(value)));
        }
        while (parts.size() > 1) {
            Sketch from = parts.remove(random.nextInt(parts.size()));
            if (from != null) {
                int into = random.nextInt(parts.size());
                Sketch stored = random.nextBoolean() ? stored(aggregator, from) : from;
                parts.set(into, aggregator.merge(parts.get(into), stored));
            }
        }
        return parts.getFirst();
    }

    /** What comes back of a sketch that was stored. */
    static Sketch stored(SketchAggregator aggregator, Sketch sketch) {
        return aggregator.decode(ByteBuffer.wrap(aggregator.encode(sketch)));
    }
}
