package dev.millrace.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.pipeline.Settings;
import dev.millrace.core.pipeline.SinkDefinition;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sinks named {@code out} of pipeline {@code web}, and what they are given. */
public final class Batches {
    public static final String OWNER = "d1/7";

    private Batches() {}

    public static SinkContext context(String kind, Map<String, Object> settings, Duration timeout) {
        SinkDefinition definition =
                new SinkDefinition(
                        "out",
                        List.of(SinkDefinition.EVENTS),
                        1L << 30,
                        new SinkDefinition.Batch(1_000, 1L << 20, Duration.ZERO),
                        timeout,
                        kind,
                        new Settings(settings));
        return new SinkContext("web", OWNER, definition, List.of(), timeout);
    }

    /** Events with the ids {@code e<position>}, one at each position. */
    public static SinkBatch events(long from, long to) {
        List<SinkItem> items = new ArrayList<>();
        for (long position = from; position < to; position++) {
            items.add(new SinkItem.EventItem(position, event(position).getBytes(UTF_8)));
        }
        return batch(from, to, items);
    }

    public static SinkBatch batch(long from, long to, List<SinkItem> items) {
        return new SinkBatch("web", "out", OWNER, from, to, items);
    }

    /** The JSON of the event at a position. */
    public static String event(long position) {
        return "{\"id\":\"e%d\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":0,\"data\":{}}"
                .formatted(position);
    }

    /** The JSON of events, in order. */
    public static List<String> eventTexts(long from, long to) {
        List<String> texts = new ArrayList<>();
        for (long position = from; position < to; position++) {
            texts.add(event(position));
        }
        return texts;
    }

    public static SinkCursor at(long position) {
        return new SinkCursor(OWNER, position);
    }
}
