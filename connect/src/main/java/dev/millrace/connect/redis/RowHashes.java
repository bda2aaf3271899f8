package dev.millrace.connect.redis;

import static dev.millrace.connect.redis.RedisLink.bytes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.event.Json;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Rows on their way into the hashes of their groups, and to whoever has subscribed: the arguments
 * of a script that runs in Redis, for that is where what stands in a hash is known without a round
 * trip, and one command with five hundred rows costs a client less than two thousand commands.
 *
 * <p>The newest row is the one whose window ends last, and of one window that of the higher
 * revision. By the end and not by the start: a session that swallowed a later one begins before it.
 * To take the same rows twice is to take them once.
 */
final class RowHashes {
    /** Fields that every hash has. */
    static final Set<String> FIELDS = Set.of("windowStart", "windowEnd", "revision", "final");

    private static final int ROWS_MAX = 500;

    /*
     * KEYS: the hash of each row. ARGV: time to live in ms, channel, number of values, their names;
     * then for each row windowStart, windowEnd, revision, final (or that it is retracted), values as
     * JSON (empty: null) and the row as JSON. Numbers are exact up to 2^53, which revisions and
     * milliseconds stay below. The one table is what HSET is called with.
     */
    private static final byte[] SCRIPT =
            bytes(
                    """
                    local ttl, channel, values = ARGV[1], ARGV[2], tonumber(ARGV[3])
                    local at = 4 + values
                    local set = {'HSET', '', 'windowStart', '', 'windowEnd', '', 'revision', '', 'final', ''}
                    for i = 1, #KEYS do
                        local key, from, to, revision = KEYS[i], ARGV[at], ARGV[at + 1], ARGV[at + 2]
                        local final = ARGV[at + 3]
                        local known = redis.pcall('HMGET', key, 'windowStart', 'windowEnd', 'revision')
                        local isOther = known.err or known[1] or known[2] or known[3]
                        local oldTo, oldRevision = tonumber(known[2] or ''), tonumber(known[3] or '')
                        local isRow = known[1] and oldTo and oldRevision
                        local isOfSameWindow = known[1] == from
                        if final == 'retracted' then
                            if isRow and isOfSameWindow and oldRevision < tonumber(revision) then
                                redis.call('DEL', key)
                            end
                        elseif not isRow or tonumber(to) > oldTo
                                or to == known[2] and tonumber(revision) > oldRevision then
                            set[2], set[4], set[6], set[8], set[10] = key, from, to, revision, final
                            local size, isSparse = 10, false
                            for n = 1, values do
                                local value = ARGV[at + 3 + n]
                                if value == '' then
                                    isSparse = true
                                else
                                    set[size + 1], set[size + 2] = ARGV[3 + n], value
                                    size = size + 2
                                end
                            end
                            if isOther and (not isRow or not isOfSameWindow or isSparse) then
                                redis.call('DEL', key)
                            end
                            redis.call(unpack(set, 1, size))
                            redis.call('PEXPIRE', key, ttl)
                        end
                        at = at + 4 + values
                        redis.call('PUBLISH', channel, ARGV[at])
                        at = at + 1
                    end
                    return #KEYS
                    """);

    private static final byte[] RETRACTED = bytes("retracted");
    private static final byte[] NULL = {};

    private final String pipeline;
    private final String aggregate;
    private final Set<String> names;
    private final List<byte[]> keys = new ArrayList<>();
    private final List<byte[]> arguments = new ArrayList<>();

    /**
     * For rows of one aggregate and with the values of this one: they share a channel and names.
     */
    RowHashes(String pipeline, Row like, Duration ttl, byte[] channel) {
        this.pipeline = pipeline;
        this.aggregate = like.aggregate();
        this.names = like.values().keySet();
        arguments.add(number(ttl.toMillis()));
        arguments.add(channel);
        arguments.add(number(names.size()));
        names.forEach(name -> arguments.add(bytes(name)));
    }

    /** Whether a row of the aggregate has its values here, and there is room for it. */
    boolean takes(Row row) {
        return keys.size() < ROWS_MAX && (row.isRetracted() || row.values().keySet().equals(names));
    }

    void add(Row row, byte[] json) {
        keys.add(key(row));
        arguments.add(number(row.windowStartMs()));
        arguments.add(number(row.windowEndMs()));
        arguments.add(number(row.revision()));
        arguments.add(row.isRetracted() ? RETRACTED : bytes(Boolean.toString(row.isFinal())));
        for (String name : names) {
            Object value = row.values().get(name);
            arguments.add(value == null ? NULL : Json.encode(value));
        }
        arguments.add(json);
    }

    private static byte[] number(long number) {
        return bytes(Long.toString(number));
    }

    /** {@code millrace:{pipeline}:{aggregate}:{group as JSON array}}. */
    private byte[] key(Row row) {
        String group = new String(Json.encode(row.group().values().stream().toList()), UTF_8);
        return bytes("millrace:%s:%s:%s".formatted(pipeline, aggregate, group));
    }

    /** Has the script take them. */
    RedisFuture<Long> send(RedisAsyncCommands<byte[], byte[]> redis) {
        return redis.eval(
                SCRIPT,
                ScriptOutputType.INTEGER,
                keys.toArray(byte[][]::new),
                arguments.toArray(byte[][]::new));
    }
}
