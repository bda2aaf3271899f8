package dev.millrace.server.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Json;
import dev.millrace.testing.fault.FaultSinks;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.system.RealRedis;

import io.lettuce.core.api.sync.RedisCommands;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * The newest row of each group as a hash of Redis, and all changes published.
 *
 * <p>Who subscribes may be away when a system that crashed is up again; so a published row must be
 * one that the pipeline had, and of what is newest there is no other state.
 */
final class HashSinks implements FaultSinks {
    private final RealRedis redis;
    private final String url;
    private final PublishedRows published;

    /**
     * @param url by which the server reaches it
     * @param published what a subscriber of it has heard
     */
    HashSinks(RealRedis redis, String url, PublishedRows published) {
        this.redis = redis;
        this.url = url;
        this.published = published;
    }

    @Override
    public List<String> definitions() {
        return List.of(
                "{name: cache, from: [%s], redis: {url: \"%s\", ttl: 1d}}"
                        .formatted(String.join(", ", AGGREGATES), url));
    }

    @Override
    public void requireSame(ServerApi api) {
        for (String aggregate : AGGREGATES) {
            List<Map<String, Object>> shown = api.rows(PIPELINE, aggregate);
            requireHashes(redis, PIPELINE, aggregate, shown);
            published.requireTrue(PIPELINE, aggregate, shown);
        }
    }

    /** Holds the hashes of one aggregate against all its rows. */
    static void requireHashes(
            RealRedis redis, String pipeline, String aggregate, List<Map<String, Object>> shown) {
        Map<String, Map<String, Object>> newest = new HashMap<>();
        for (Map<String, Object> row : shown) {
            newest.merge(key(pipeline, row), row, HashSinks::newer);
        }
        Map<String, String> expected =
                newest.entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey, row -> ShownRows.line(row.getValue())));
        List<String> found = new ArrayList<>();
        RedisCommands<String, String> commands = redis.ask();
        for (String key : commands.keys("millrace:%s:%s:*".formatted(pipeline, aggregate))) {
            Map<String, Object> like = newest.getOrDefault(key, Map.of());
            found.add(key + " " + line(commands.hgetall(key), like));
        }
        ShownRows.requireSame(
                "hashes of " + aggregate,
                found,
                expected.entrySet().stream()
                        .map(row -> row.getKey() + " " + row.getValue())
                        .toList());
    }

    private static String key(String pipeline, Map<String, Object> row) {
        Collection<?> group = ShownRows.members(row, "group");
        return "millrace:%s:%s:%s"
                .formatted(
                        pipeline,
                        row.get("aggregate"),
                        new String(Json.encode(new ArrayList<>(group)), UTF_8));
    }

    private static Map<String, Object> newer(Map<String, Object> one, Map<String, Object> other) {
        Comparator<Map<String, Object>> byEnd =
                Comparator.comparing(row -> (Long) Objects.requireNonNull(row.get("windowEnd")));
        return byEnd.compare(one, other) >= 0 ? one : other;
    }

    /** A hash as the line of a row, with the group and the values of a row like it. */
    private static String line(Map<String, String> hash, Map<String, Object> like) {
        StringJoiner line = new StringJoiner("|");
        line.add(hash.get("windowStart")).add(hash.get("windowEnd"));
        if (!like.isEmpty()) {
            ShownRows.members(like, "group").forEach(value -> line.add(String.valueOf(value)));
            ((Map<?, ?>) Objects.requireNonNull(like.get("values")))
                    .keySet()
                    .forEach(name -> line.add(ShownRows.number(hash.get(name))));
        }
        return line.add(hash.get("revision")).add(hash.get("final")).toString();
    }
}
