package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.event.KeyCodec;
import dev.millrace.core.event.Projection;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.pipeline.Value;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An aggregate stage made ready to run: its windows, the fields of its group, and its values laid
 * out in a row of longs. Immutable and thread-safe.
 */
public final class Aggregation {
    /** Of a group's row: where its key is, its hash, and its places in the index. */
    private static final int ROW_BYTES = 64;

    /** Of a sketch with nothing in it, and of one more value in it. */
    private static final int SKETCH_BYTES = 64;

    private static final int SKETCHED_BYTES = 32;

    /** The group that stands for all groups beyond {@code maxGroups}. */
    public static final String OTHER = "__other__";

    private static final byte[] NOTHING = {};
    private static final byte[][] NO_SKETCHES = {};

    private final Stage.Aggregate definition;
    private final int number;
    private final Windows windows;
    private final List<Field> by;
    private final List<Aggregator> aggregators;

    /** Where each value's partial values begin, among the longs or among the sketches. */
    private final int[] offsets;

    /* The same once more, as it is gone through for every event and row. */

    private final CellAggregator[] cellAggregators;
    private final int[] cellOffsets;
    private final SketchAggregator[] sketchAggregators;

    private final int cells;

    /**
     * @param number under which its state is kept
     * @param projection must cover the fields of the stage
     */
    public Aggregation(Stage.Aggregate definition, int number, Projection projection) {
        this.definition = definition;
        this.number = number;
        this.windows = Windows.of(definition.window());
        this.by = definition.by().stream().map(projection::field).toList();
        this.aggregators =
                definition.values().stream().map(value -> aggregator(value, projection)).toList();
        this.offsets = new int[aggregators.size()];
        this.cellAggregators = all(CellAggregator.class).toArray(CellAggregator[]::new);
        this.cellOffsets = new int[cellAggregators.length];
        this.sketchAggregators = all(SketchAggregator.class).toArray(SketchAggregator[]::new);
        int nextCell = 0;
        int nextCells = 0;
        int nextSketch = 0;
        for (int i = 0; i < offsets.length; i++) {
            switch (aggregators.get(i)) {
                case CellAggregator aggregator -> {
                    offsets[i] = nextCell;
                    cellOffsets[nextCells++] = nextCell;
                    nextCell += aggregator.cells();
                }
                case SketchAggregator _ -> offsets[i] = nextSketch++;
            }
        }
        this.cells = nextCell;
    }

    private <T extends Aggregator> Stream<T> all(Class<T> kind) {
        return aggregators.stream().filter(kind::isInstance).map(kind::cast);
    }

    private static Aggregator aggregator(Value value, Projection projection) {
        return switch (value) {
            case Value.Count _ -> new CountAggregator();
            case Value.Sum sum -> sum(sum.field(), projection);
            case Value.Avg avg -> new AverageAggregator(sum(avg.field(), projection));
            case Value.Min min -> new ExtremeAggregator(numeric(min.field(), projection), false);
            case Value.Max max -> new ExtremeAggregator(numeric(max.field(), projection), true);
            case Value.Distinct distinct ->
                    new DistinctAggregator(scalar(distinct.field(), projection));
            case Value.Quantile quantile ->
                    new QuantileAggregator(numeric(quantile.field(), projection), quantile.q());
            case Value.Top top -> new TopAggregator(scalar(top.field(), projection), top.k());
        };
    }

    private static SumAggregator sum(FieldPath path, Projection projection) {
        return new SumAggregator(numeric(path, projection));
    }

    private static NumericField numeric(FieldPath path, Projection projection) {
        return new NumericField(projection.field(path));
    }

    private static ScalarField scalar(FieldPath path, Projection projection) {
        return new ScalarField(projection.field(path));
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

    public Windows windows() {
        return windows;
    }

    /** Takes up what events add, until it is handed over. */
    public Deltas newDeltas() {
        return switch (windows) {
            case Windows.Sliced sliced -> new SliceDeltas(this, sliced.slices());
            case Windows.Sessions sessions -> new SessionDeltas(this, sessions.gapMs(), 0);
        };
    }

    /**
     * An empty table of accumulators.
     *
     * @param lead longs before each, for the use of the table's owner
     */
    GroupTable newTable(int lead) {
        return newTable(lead, GroupTable.Room.LEAST);
    }

    /** The same, with room. */
    GroupTable newTable(int lead, GroupTable.Room room) {
        return new GroupTable(lead, cells, sketches(), room);
    }

    /**
     * An empty table of spans of event time, each with its accumulator.
     *
     * @param expected groups of a span each that it has room for
     */
    SpanTable newSpans(long gapMs, SpanTable.Watcher watcher, int expected) {
        return new SpanTable(
                this,
                new AccumulatorRows(SpanTable.LEAD, cells, sketches(), expected),
                gapMs,
                watcher,
                expected);
    }

    /** A table of one empty accumulator, in row 0. */
    GroupTable newRow() {
        GroupTable table = newTable(0);
        int _ = table.findOrAdd(new KeyBuffer());
        return table;
    }

    /** Longs of an accumulator. */
    int cells() {
        return cells;
    }

    /** Sketches of an accumulator. */
    int sketches() {
        return sketchAggregators.length;
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

    /** Adds an event in which {@link #keyOrProblem} found no problem. */
    void add(Event event, Accumulators into, int row) {
        for (int i = 0; i < cellAggregators.length; i++) {
            cellAggregators[i].add(event, into.cells(), into.at(row) + cellOffsets[i]);
        }
        for (int i = 0; i < sketchAggregators.length; i++) {
            int at = into.sketchesAt(row) + i;
            into.sketches()[at] = sketchAggregators[i].add(into.sketches()[at], event);
        }
    }

    /** Adds one accumulator to another; the sketches of {@code from} are used up. */
    void merge(Accumulators from, int fromRow, Accumulators into, int row) {
        mergeCells(from.cells(), from.at(fromRow), into.cells(), into.at(row));
        for (int i = 0; i < sketchAggregators.length; i++) {
            Sketch added = from.sketches()[from.sketchesAt(fromRow) + i];
            if (added != null) {
                int at = into.sketchesAt(row) + i;
                into.sketches()[at] = sketchAggregators[i].merge(into.sketches()[at], added);
            }
        }
    }

    /** Adds the longs of an accumulator, {@code from[fromAt…]}, to those of another. */
    void mergeCells(long[] from, int fromAt, long[] into, int at) {
        for (int i = 0; i < cellAggregators.length; i++) {
            cellAggregators[i].merge(from, fromAt + cellOffsets[i], into, at + cellOffsets[i]);
        }
    }

    /** What a row of a table takes besides its key, in the middle between two doublings. */
    int rowBytes(int lead) {
        return ROW_BYTES + (lead + cells) * Long.BYTES + sketches() * SKETCH_BYTES;
    }

    /** What an event adds to the sketches of its row, at most but for long texts. */
    int sketchBytes() {
        return sketches() * SKETCHED_BYTES;
    }

    /** An empty queue for each of the values that are sketches. */
    List<SlidingSketch> newSlidingSketches() {
        return Arrays.stream(sketchAggregators).map(SlidingSketch::of).toList();
    }

    /** Which of the sketches a value is; -1: it is made of longs. */
    int sketchOf(int index) {
        return aggregators.get(index) instanceof SketchAggregator ? offsets[index] : -1;
    }

    /** A row as it is stored. */
    byte[] encode(RowCodec.Head head, Accumulators table, int row) {
        return RowCodec.encode(
                head, table.cells(), table.at(row), cells, encodeSketches(table, row));
    }

    /** The sketches of an accumulator as they are stored; empty for nothing. */
    byte[][] encodeSketches(Accumulators table, int row) {
        byte[][] encoded = sketches() == 0 ? NO_SKETCHES : new byte[sketches()][];
        for (int i = 0; i < encoded.length; i++) {
            Sketch sketch = table.sketches()[table.sketchesAt(row) + i];
            encoded[i] = sketch == null ? NOTHING : sketchAggregators[i].encode(sketch);
        }
        return encoded;
    }

    /** Replaces an accumulator by that of a stored row. */
    void decode(byte[] value, Accumulators table, int row) {
        decode(RowCodec.accumulator(value), table, row);
    }

    /** Replaces an accumulator by the one that {@code in} stands before. */
    void decode(ByteBuffer in, Accumulators table, int row) {
        AccumulatorCodec.cells(in, table.cells(), table.at(row), cells);
        for (int i = 0; i < sketchAggregators.length; i++) {
            ByteBuffer bytes = AccumulatorCodec.sketch(in);
            table.sketches()[table.sketchesAt(row) + i] =
                    bytes == null ? null : sketchAggregators[i].decode(bytes);
        }
    }

    /** What one value of an accumulator shows. */
    @Nullable Object value(int index, Accumulators table, int row) {
        return switch (aggregators.get(index)) {
            case CellAggregator aggregator ->
                    aggregator.result(table.cells(), table.at(row) + offsets[index]);
            case SketchAggregator aggregator ->
                    aggregator.result(table.sketches()[table.sketchesAt(row) + offsets[index]]);
        };
    }

    /** Values by their names. */
    Map<String, @Nullable Object> values(RowValues values) {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        for (int i = 0; i < offsets.length; i++) {
            named.put(definition.values().get(i).name(), values.value(i));
        }
        return named;
    }

    /** What one value of a stored row shows; null for nothing. */
    public @Nullable Object value(String name, byte[] row) {
        GroupTable one = newRow();
        decode(row, one, 0);
        return values(index -> value(index, one, 0)).get(name);
    }

    /** The fields of {@code by} with the values that an encoded group key holds. */
    public Map<String, @Nullable Object> group(byte[] key) {
        Map<String, @Nullable Object> group = new LinkedHashMap<>();
        List<@Nullable Object> parts = KeyCodec.decode(key);
        for (int i = 0; i < by.size(); i++) {
            group.put(by.get(i).path().toString(), parts.get(i));
        }
        return group;
    }

    /** The key of the group beyond {@code maxGroups}. */
    byte[] otherKey() {
        return KeyCodec.encode(Collections.nCopies(by.size(), OTHER));
    }

    /**
     * The row of a stored value, of an aggregate whose rows are stored as they are seen.
     *
     * @param group encoded group key
     * @param value as a commit wrote it
     */
    public Row row(long windowStartMs, byte[] group, byte[] value) {
        RowCodec.Head head = RowCodec.head(value);
        GroupTable table = newRow();
        if (!head.isRetracted()) {
            decode(value, table, 0);
        }
        return new Row(
                name(),
                windowStartMs,
                endOf(windowStartMs, head),
                group(group),
                values(index -> value(index, table, 0)),
                head.revision(),
                head.isFinal(),
                head.isRetracted());
    }

    /** End of the window of a stored row. */
    long endOf(long windowStartMs, RowCodec.Head head) {
        return windows instanceof Windows.Sliced sliced
                ? sliced.endOf(windowStartMs)
                : head.endMs();
    }
}
