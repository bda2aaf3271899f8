package dev.millrace.connect.redis;

import dev.millrace.core.Bound;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The threads that all connections to Redis share, from the first on. Safe for use by many threads.
 */
public final class RedisClients implements AutoCloseable {
    /** The library's least. */
    private static final int THREADS = 2;

    private @Nullable ClientResources resources;

    /** For operators. */
    public static List<Bound> bounds() {
        return List.of(
                new Bound("redis.threads", THREADS, "threads", "of each kind, for all connections"),
                RedisSource.bound());
    }

    /** A client of one Redis; its maker shuts it down. */
    RedisClient client(RedisAddress address, Duration connectTimeout) {
        RedisClient client = RedisClient.create(shared(), address.uri());
        client.setOptions(
                ClientOptions.builder()
                        // A command that is sent again on another connection would stand outside
                        // the transaction that it was a part of.
                        .autoReconnect(false)
                        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                        .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                        .socketOptions(
                                SocketOptions.builder()
                                        .connectTimeout(connectTimeout)
                                        .keepAlive(true)
                                        .build())
                        .build());
        return client;
    }

    private synchronized ClientResources shared() {
        ClientResources open = resources;
        if (open == null) {
            open =
                    DefaultClientResources.builder()
                            .ioThreadPoolSize(THREADS)
                            .computationThreadPoolSize(THREADS)
                            .build();
            resources = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        ClientResources open = resources;
        resources = null;
        if (open != null) {
            var _ = open.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }
}
