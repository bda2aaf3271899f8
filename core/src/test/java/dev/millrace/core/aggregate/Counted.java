package dev.millrace.core.aggregate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventReader;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.event.Projection;
import dev.millrace.core.event.ReadLimits;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.Commit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One aggregate, fed events of a site and a number at times in any order, as one partition and the
 * merge task do it. A row is written {@code start-end site {values} final}.
 */
final class Counted {
    private final Projection projection;
    private final EventReader reader;
    private final Aggregation aggregation;
    private final KeyBuffer key = new KeyBuffer();
    private final MemoryRows stored = new MemoryRows();
    private AggregateWindows windows;
    private Deltas deltas;
    private long watermarkMs = Long.MIN_VALUE;
    private long revision;

    /**
     * @param aggregate what stands in the definition
     */
    Counted(String aggregate) {
        String text =
                """
                pipeline: test
                stages:
                  - name: numbers
                    aggregate: {%s}
                """
                        .formatted(aggregate);
        if (!(DefinitionReader.read(text, SchemaSource.NONE)
                instanceof DefinitionReader.Valid valid)) {
            throw new IllegalArgumentException("no definition: " + text);
        }
        PipelineDefinition definition = valid.definition();
        this.projection = Projection.of(definition.paths());
        this.reader = new EventReader(projection, FieldPath.ID, 1, 0, ReadLimits.DEFAULT, null);
        this.aggregation = new Aggregation(definition.aggregates().getFirst(), 1, projection);
        this.deltas = aggregation.newDeltas();
        this.windows = AggregateWindows.open(aggregation, stored, watermarkMs, SessionMarks.NONE);
    }

    Counted event(long timestampMs, String site, String number) {
        String json =
                """
                {"id":"e","type":"t","source":"%s","timestamp":%d,"data":{"n":%s}}\
                """
                        .formatted(site, timestampMs, number);
        Event event =
                new Event(projection)
                        .moveTo(reader.one(json.getBytes(UTF_8), Long.MAX_VALUE / 2), 0);
        if (aggregation.keyOrProblem(event, key) != null) {
            throw new AssertionError("a problem with " + json);
        }
        deltas.add(event, key);
        return this;
    }

    /** Commits what was fed. */
    Counted commit(long newWatermarkMs) {
        windows.merge(deltas);
        deltas = aggregation.newDeltas();
        watermarkMs = newWatermarkMs;
        List<Commit.RowChange> changes = new ArrayList<>();
        windows.advance(watermarkMs, ++revision, changes);
        stored.write(changes);
        long keptFromMs = windows.keptFromMs(aggregation.definition().keep());
        windows.states().forEach(state -> stored.expire(state, keptFromMs));
        return this;
    }

    /** Goes on from what was committed. */
    Counted restart() {
        windows = AggregateWindows.open(aggregation, stored, watermarkMs, SessionMarks.NONE);
        return this;
    }

    AggregateWindows windows() {
        return windows;
    }

    int storedRows() {
        return stored.size(aggregation.number());
    }

    long revision() {
        return revision;
    }

    long watermarkMs() {
        return watermarkMs;
    }

    RowSource source(long nowMs) {
        return RowSource.of(aggregation, stored, watermarkMs, nowMs);
    }

    RowSource sourceAbove(long floorMs, long nowMs) {
        return RowSource.of(aggregation, stored, watermarkMs, nowMs, floorMs);
    }

    RowSource rolledUp(Duration size, long nowMs) {
        return RowSource.rolledUp(aggregation, stored, size, watermarkMs, nowMs);
    }

    List<Row> rows(long nowMs) {
        return rows(source(nowMs), Long.MIN_VALUE, Long.MAX_VALUE);
    }

    static List<Row> rows(RowSource source, long fromMs, long toMs) {
        List<Row> rows = new ArrayList<>();
        source.rows(fromMs, toMs, null, row -> rows.add(row.row()));
        return rows;
    }

    static List<Row> latest(RowSource source) {
        List<Row> rows = new ArrayList<>();
        source.latest(null, row -> rows.add(row.row()));
        return rows;
    }

    static List<String> written(List<Row> rows) {
        return rows.stream().map(Counted::written).toList();
    }

    private static String written(Row row) {
        String group =
                row.group().values().stream().map(String::valueOf).collect(Collectors.joining(","));
        return "%d-%d %s %s%s"
                .formatted(
                        row.windowStartMs(),
                        row.windowEndMs(),
                        group,
                        Arrays.toString(row.values().values().toArray()),
                        row.isFinal() ? " final" : "");
    }
}
