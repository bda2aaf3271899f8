package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.event.KeyCodec;
import dev.millrace.core.event.Projection;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.pipeline.Value;
import dev.millrace.core.pipeline.Window;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An aggregate stage made ready to run: its windows, the fields of its group, and its values laid
 * out in a row of longs. Immutable and thread-safe.
 */
public final class Aggregation {
    /** The group that stands for all groups beyond {@code maxGroups}. */
    public static final String OTHER = "__other__";

    private final Stage.Aggregate definition;
    private final int number;
    private final TumblingWindows windows;
    private final List<Field> by;
    private final List<Aggregator> aggregators;
    private final int[] offsets;
    private final int cells;

    /**
     * @param number under which its state is kept
     * @param projection must cover the fields of the stage
     */
    public Aggregation(Stage.Aggregate definition, int number, Projection projection) {
        this.definition = definition;
        this.number = number;
        this.windows =
                switch (definition.window()) {
                    case Window.Tumbling tumbling ->
                            new TumblingWindows(tumbling.size().toMillis());
                };
        this.by = definition.by().stream().map(projection::field).toList();
        this.aggregators =
                definition.values().stream().map(value -> aggregator(value, projection)).toList();
        this.offsets = new int[aggregators.size()];
        int next = 0;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = next;
            next += aggregators.get(i).cells();
        }
        this.cells = next;
    }

    private static Aggregator aggregator(Value value, Projection projection) {
        return switch (value) {
            case Value.Count _ -> new CountAggregator();
            case Value.Sum sum -> sum(sum.field(), projection);
            case Value.Avg avg -> new AverageAggregator(sum(avg.field(), projection));
            case Value.Min min -> new ExtremeAggregator(numeric(min.field(), projection), false);
            case Value.Max max -> new ExtremeAggregator(numeric(max.field(), projection), true);
        };
    }

    private static SumAggregator sum(FieldPath path, Projection projection) {
        return new SumAggregator(numeric(path, projection));
    }

    private static NumericField numeric(FieldPath path, Projection projection) {
        return new NumericField(projection.field(path));
    }

    public String name() {
        return definition.name();
    }

    /** The number under which the state is kept. */
    public int number() {
        return number;
    }

    public Stage.Aggregate definition() {
        return definition;
    }

    public TumblingWindows windows() {
        return windows;
    }

    /** Longs that the values of one group take. */
    int cells() {
        return cells;
    }

    /**
     * Fills {@code key} with the event's group.
     *
     * @return why the event cannot be counted, as a sentence; null if it can
     */
    public @Nullable String keyOrProblem(Event event, KeyBuffer key) {
        key.clear();
        for (Field field : by) {
            if (!event.appendKey(field, key)) {
                return field.path() + " is an object or an array, which cannot make a group";
            }
        }
        for (Aggregator aggregator : aggregators) {
            String problem = aggregator.problem(event);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    void add(Event event, long[] into, int at) {
        for (int i = 0; i < offsets.length; i++) {
            aggregators.get(i).add(event, into, at + offsets[i]);
        }
    }

    void merge(long[] from, int fromAt, long[] into, int at) {
        for (int i = 0; i < offsets.length; i++) {
            aggregators.get(i).merge(from, fromAt + offsets[i], into, at + offsets[i]);
        }
    }

    /** The key of the group beyond {@code maxGroups}. */
    byte[] otherKey() {
        return KeyCodec.encode(Collections.nCopies(by.size(), OTHER));
    }

    /**
     * The row of a stored value.
     *
     * @param group encoded group key
     * @param value as a commit wrote it
     */
    public Row row(long windowStartMs, byte[] group, byte[] value) {
        long[] stored = new long[cells];
        RowCodec.decodeCells(value, stored, 0);
        Map<String, @Nullable Object> groups = new LinkedHashMap<>();
        List<@Nullable Object> parts = KeyCodec.decode(group);
        for (int i = 0; i < by.size(); i++) {
            groups.put(by.get(i).path().toString(), parts.get(i));
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < offsets.length; i++) {
            values.put(
                    definition.values().get(i).name(),
                    aggregators.get(i).result(stored, offsets[i]));
        }
        return new Row(
                name(),
                windowStartMs,
                windows.endOf(windowStartMs),
                groups,
                values,
                RowCodec.revision(value),
                RowCodec.isFinal(value));
    }
}
