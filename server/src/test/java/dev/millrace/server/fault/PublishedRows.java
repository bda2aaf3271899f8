package dev.millrace.server.fault;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Json;

import io.lettuce.core.RedisClient;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a subscriber hears of the rows of a pipeline. Subscribes again by itself. */
final class PublishedRows implements AutoCloseable {
    private final StatefulRedisPubSubConnection<String, String> connection;

    /** The newest of each row. */
    private final Map<Key, Map<String, Object>> newest = new HashMap<>();

    private long heard;
    private String disorder = "";

    private record Key(Object aggregate, Object windowStart, Object group) {
        static Key of(Map<String, Object> row) {
            return new Key(
                    Objects.requireNonNull(row.get("aggregate")),
                    Objects.requireNonNull(row.get("windowStart")),
                    Objects.requireNonNull(row.get("group")));
        }
    }

    PublishedRows(RedisClient client, String pipeline) {
        connection = client.connectPubSub();
        connection.addListener(
                new RedisPubSubAdapter<>() {
                    @Override
                    public void message(String pattern, String channel, String message) {
                        hear(message);
                    }
                });
        connection.sync().psubscribe("millrace:" + pipeline + ":*");
    }

    @SuppressWarnings("unchecked")
    private synchronized void hear(String message) {
        Map<String, Object> row =
                (Map<String, Object>) Objects.requireNonNull(Json.decode(message.getBytes(UTF_8)));
        heard++;
        Map<String, Object> before = newest.put(Key.of(row), row);
        if (before != null && revision(before) >= revision(row) && disorder.isEmpty()) {
            disorder = "after %s came %s".formatted(before, row);
        }
    }

    private static long revision(Map<String, Object> row) {
        return (long) Objects.requireNonNull(row.get("revision"));
    }

    /** Rows that were heard, each state of one for itself. */
    synchronized long heard() {
        return heard;
    }

    /** Each state of a row was heard once, and the newer after the older. */
    synchronized void requireOrder() {
        assertThat(disorder).isEmpty();
    }

    /**
     * What was heard of an aggregate is no newer than what is shown, and of the newest the same.
     */
    void requireTrue(String pipeline, String aggregate, List<Map<String, Object>> shown) {
        assertThat(untrue(aggregate, shown, false)).as("published by %s", pipeline).isEmpty();
    }

    /** All that is shown was heard, in its newest state. */
    void requireAll(String aggregate, List<Map<String, Object>> shown) {
        assertThat(untrue(aggregate, shown, true)).as("published").isEmpty();
    }

    private synchronized List<String> untrue(
            String aggregate, List<Map<String, Object>> shown, boolean isComplete) {
        Map<Key, Map<String, Object>> rows = new HashMap<>();
        shown.forEach(row -> rows.put(Key.of(row), row));
        List<String> more =
                newest.entrySet().stream()
                        .filter(row -> row.getKey().aggregate().equals(aggregate))
                        .filter(row -> !isTrue(row.getValue(), rows.get(row.getKey()), isComplete))
                        .map(row ->
                                "%s; shown is %s".formatted(row.getValue(), rows.get(row.getKey())))
                        .toList();
        return !isComplete || !more.isEmpty()
                ? more
                : rows.entrySet().stream()
                        .filter(row -> !newest.containsKey(row.getKey()))
                        .map(row -> "never heard of " + row.getValue())
                        .toList();
    }

    private static boolean isTrue(
            Map<String, Object> heard, @Nullable Map<String, Object> shown, boolean isNewest) {
        boolean isRetracted = Boolean.TRUE.equals(heard.get("retracted"));
        if (shown == null) {
            // A session that another one has swallowed, which may not have been heard of.
            return isRetracted || !isNewest;
        }
        long newer = revision(shown) - revision(heard);
        return newer > 0 ? !isNewest : newer == 0 && !isRetracted && heard.equals(shown);
    }

    @Override
    public void close() {
        connection.close();
    }
}
