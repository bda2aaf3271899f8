package dev.millrace.connect.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.connector.ConnectorException;

import io.lettuce.core.ConnectionFuture;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One connection to a Redis, made anew after it has failed: whatever goes wrong, what was begun on
 * it, like a transaction, ends with it. Confined to one thread. Commands go out with {@link
 * #flush}.
 */
final class RedisLink implements AutoCloseable {
    /** Longer, a server is not there, however patient the sink is. */
    private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

    private static final int MAJOR_MIN = 6;
    private static final Pattern VERSION = Pattern.compile("redis_version:(\\d+)(\\S*)");

    private final RedisAddress address;
    private final RedisClient client;
    private final Duration connectTimeout;
    private @Nullable StatefulRedisConnection<byte[], byte[]> connection;

    /**
     * @param limit for an answer
     */
    RedisLink(RedisClients clients, RedisAddress address, Duration limit) {
        this.address = address;
        this.connectTimeout = limit.compareTo(CONNECT_MAX) < 0 ? limit : CONNECT_MAX;
        address.uri().setTimeout(connectTimeout);
        this.client = clients.client(address, connectTimeout);
    }

    String name() {
        return address.name();
    }

    /**
     * Connects if it is not.
     *
     * @throws ConnectorException if that fails, or the server is too old
     */
    RedisAsyncCommands<byte[], byte[]> commands() throws ConnectorException {
        StatefulRedisConnection<byte[], byte[]> open = connection;
        if (open == null || !open.isOpen()) {
            drop();
            open = connect();
            connection = open;
            requireVersion(open.async());
        }
        return open.async();
    }

    private StatefulRedisConnection<byte[], byte[]> connect() throws ConnectorException {
        ConnectionFuture<StatefulRedisConnection<byte[], byte[]>> connecting =
                client.connectAsync(ByteArrayCodec.INSTANCE, address.uri());
        try {
            StatefulRedisConnection<byte[], byte[]> open =
                    get(connecting, connectTimeout.multipliedBy(2));
            open.setAutoFlushCommands(false);
            return open;
        } catch (ConnectorException e) {
            // One that comes after all is of no use.
            var _ =
                    connecting.whenComplete((late, _) -> {
                        if (late != null) {
                            var _ = late.closeAsync();
                        }
                    });
            throw e;
        }
    }

    private void requireVersion(RedisAsyncCommands<byte[], byte[]> redis)
            throws ConnectorException {
        RedisFuture<String> info = redis.info("server");
        flush();
        Optional<String> tooOld = tooOld(await(info, connectTimeout));
        if (tooOld.isPresent()) {
            drop();
            throw ConnectorException.lasting(name() + tooOld.get());
        }
    }

    /** The end of a sentence; empty if it is new enough, or does not say. */
    static Optional<String> tooOld(String info) {
        Matcher version = VERSION.matcher(info);
        return version.find() && Integer.parseInt(version.group(1)) < MAJOR_MIN
                ? Optional.of(
                        " is version %s%s; %d or later, or Valkey, is needed"
                                .formatted(version.group(1), version.group(2), MAJOR_MIN))
                : Optional.empty();
    }

    /** Sends what was asked for. */
    void flush() {
        StatefulRedisConnection<byte[], byte[]> open = connection;
        if (open != null) {
            open.flushCommands();
        }
    }

    /**
     * Waits for an answer, and gives the connection up if there is none; not if it is an error.
     *
     * @throws ConnectorException if there is none in time, or it is an error
     */
    <T> T await(Future<T> answer, Duration limit) throws ConnectorException {
        try {
            return get(answer, limit);
        } catch (ConnectorException e) {
            if (!(e.getCause() instanceof RedisCommandExecutionException)) {
                drop();
            }
            throw e;
        }
    }

    private <T> T get(Future<T> answer, Duration limit) throws ConnectorException {
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw RedisFailure.of(e.getCause() == null ? e : e.getCause(), name());
        } catch (TimeoutException e) {
            throw RedisFailure.of(e, name());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RedisFailure.of(e, name());
        }
    }

    /** Gives up the connection, and with it what was begun. */
    void drop() {
        StatefulRedisConnection<byte[], byte[]> open = connection;
        connection = null;
        if (open != null && open.isOpen()) {
            var _ = open.closeAsync();
        }
    }

    /**
     * Fields of a hash, sent in the order in which they are put. Nothing can be looked up in it.
     */
    @SuppressWarnings("ArrayAsKeyOfSetOrMap")
    static Map<byte[], byte[]> newFields() {
        return new LinkedHashMap<>();
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Override
    public void close() {
        drop();
        var _ = client.shutdownAsync(0, 1, TimeUnit.SECONDS);
    }
}
