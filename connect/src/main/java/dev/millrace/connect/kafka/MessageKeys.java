package dev.millrace.connect.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.event.Json;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the messages of a topic are known by.
 *
 * <ul>
 *   <li>A row: <code>{"aggregate": …, "windowStart": …, "group": {…}}</code>, by which a row is
 *       identified, so that a compacted topic keeps the newest state of each and a retraction
 *       deletes that row alone. All rows of a group are in one partition, in order.
 *   <li>An alert: its id.
 *   <li>An event: the value of a field, as it stands if it is a text, as JSON if it is none;
 *       without it none, and such events are spread over the partitions.
 * </ul>
 */
final class MessageKeys {
    private final List<String> path;

    /**
     * @param field of events, like {@code data.visitor}
     */
    MessageKeys(String field) {
        this.path = List.of(field.split("\\."));
    }

    /**
     * @param partitioned what decides the partition
     */
    record Key(byte @Nullable [] bytes, byte @Nullable [] partitioned) {}

    Key of(SinkItem item) {
        return switch (item) {
            case SinkItem.RowItem row -> of(row.row());
            case SinkItem.AlertItem alert -> plain(alert.id().getBytes(UTF_8));
            case SinkItem.EventItem event -> plain(field(event.json()));
        };
    }

    private static Key plain(byte @Nullable [] bytes) {
        return new Key(bytes, bytes);
    }

    private static Key of(Row row) {
        Map<String, @Nullable Object> key = new LinkedHashMap<>();
        key.put("aggregate", row.aggregate());
        key.put("windowStart", row.windowStartMs());
        key.put("group", row.group());
        return new Key(Json.encode(key), Json.encode(row.group()));
    }

    private byte @Nullable [] field(byte[] json) {
        Object value = Json.decode(json);
        for (String name : path) {
            value = value instanceof Map<?, ?> members ? members.get(name) : null;
        }
        return switch (value) {
            case null -> null;
            case String text -> text.getBytes(UTF_8);
            default -> Json.encode(value);
        };
    }
}
