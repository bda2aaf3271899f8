package dev.millrace.connect.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.RowShape.GroupField;
import dev.millrace.core.connector.RowShape.ValueField;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.pipeline.Settings;
import dev.millrace.core.pipeline.SinkDefinition;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Items and batches as an engine hands them to sinks. */
public final class Items {
    public static final String PIPELINE = "web";
    public static final String SINK = "warehouse";
    public static final String OWNER = "d1/1";
    public static final long MINUTE = 60_000;

    /** What {@link #row} is a row of. */
    public static final RowShape VIEWS =
            new RowShape(
                    "views",
                    List.of(new GroupField("source", true), new GroupField("data.path", false)),
                    List.of(new ValueField("views", RowShape.Type.INTEGER)));

    private Items() {}

    /** Of a sink of rows, with batches as they are by default. */
    public static SinkContext context(
            String kind,
            List<String> from,
            Map<String, Object> settings,
            List<RowShape> shapes,
            Duration timeout) {
        SinkDefinition definition =
                new SinkDefinition(
                        SINK,
                        from,
                        1L << 30,
                        new SinkDefinition.Batch(5_000, 4L << 20, Duration.ZERO),
                        timeout,
                        kind,
                        new Settings(settings));
        return new SinkContext(PIPELINE, OWNER, definition, shapes, timeout);
    }

    /** A row of aggregate {@code views}: by source and path, with the count of views. */
    public static Row row(long start, @Nullable Object path, long views, long revision) {
        return row(start, path, members("views", views), revision, false);
    }

    public static Row row(
            long start,
            @Nullable Object path,
            Map<String, @Nullable Object> values,
            long revision,
            boolean isRetracted) {
        return new Row(
                "views",
                start,
                start + MINUTE,
                members("source", "s", "data.path", path),
                values,
                revision,
                false,
                isRetracted);
    }

    public static Row retracted(long start, @Nullable Object path, long revision) {
        return row(start, path, Map.of(), revision, true);
    }

    /** Names and values in turn, in that order. */
    public static Map<String, @Nullable Object> members(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return members;
    }

    public static SinkItem item(long position, Row row) {
        return new SinkItem.RowItem(position, row);
    }

    public static SinkItem event(long position, String json) {
        return new SinkItem.EventItem(position, json.getBytes(UTF_8));
    }

    public static SinkItem alert(long position, String id, String state) {
        String json = "{\"id\":\"%s\",\"state\":\"%s\"}".formatted(id, state);
        return new SinkItem.AlertItem(position, id, json.getBytes(UTF_8));
    }

    /** Of the items' positions, with nothing left out. */
    public static SinkBatch batch(SinkItem... items) {
        return batch(List.of(items));
    }

    public static SinkBatch batch(List<SinkItem> items) {
        return batch(items.getFirst().position(), items.getLast().position() + 1, items);
    }

    public static SinkBatch batch(long from, long to, List<SinkItem> items) {
        return new SinkBatch(PIPELINE, SINK, OWNER, from, to, items);
    }

    /** Rows of one window, each of another path, at the positions from 0 on. */
    public static SinkBatch rows(int count) {
        return batch(
                IntStream.range(0, count)
                        .mapToObj(i -> item(i, row(0, "/page/" + i, i, 1)))
                        .toList());
    }
}
