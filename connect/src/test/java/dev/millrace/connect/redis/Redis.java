package dev.millrace.connect.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connect.sink.Items;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.connector.Source;
import dev.millrace.core.connector.SourceContext;
import dev.millrace.core.event.Json;
import dev.millrace.core.pipeline.Settings;
import dev.millrace.core.pipeline.SinkDefinition;
import dev.millrace.core.pipeline.SourceDefinition;
import dev.millrace.testing.system.RealRedis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real Redis, asked with commands, and sinks and sources of it. */
final class Redis implements AutoCloseable {
    /** Generous: no test waits for it. */
    static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final RealRedis server;
    private final RedisClients clients = new RedisClients();

    private Redis(RealRedis server) {
        this.server = server;
    }

    /**
     * @param folder that holds nothing else
     */
    static Redis start(Path folder) {
        return new Redis(RealRedis.start(folder));
    }

    int port() {
        return server.port();
    }

    static String url(int port) {
        return "redis://127.0.0.1:" + port;
    }

    RedisCommands<String, String> ask() {
        return server.ask();
    }

    RedisClient client() {
        return server.client();
    }

    static SinkContext context(
            List<String> from,
            Map<String, Object> settings,
            List<RowShape> shapes,
            Duration timeout) {
        return Items.context("redis", from, settings, shapes, timeout);
    }

    /** Opens a sink of everything, with its cursor at 0 if it has none. */
    CursorSink sink(Map<String, Object> settings, Duration timeout) throws ConnectorException {
        List<String> from = List.of("views", SinkDefinition.ALERTS, SinkDefinition.EVENTS);
        CursorSink sink =
                (CursorSink)
                        new RedisSinks(clients, _ -> Optional.empty())
                                .open(context(from, settings, List.of(Items.VIEWS), timeout));
        if (sink.cursor().isEmpty()) {
            sink.reset(new SinkCursor(Items.OWNER, 0));
        }
        return sink;
    }

    CursorSink sink() throws ConnectorException {
        return sink(Map.of("url", server.url()), TIMEOUT);
    }

    /** Opens a source of stream {@code clicks}. */
    Source source(String url, String owner, Map<String, Object> more, int messagesMax)
            throws ConnectorException {
        return source(url, owner, more, messagesMax, TIMEOUT);
    }

    Source source(
            String url, String owner, Map<String, Object> more, int messagesMax, Duration timeout)
            throws ConnectorException {
        Map<String, Object> settings = new HashMap<>(Map.of("url", url, "stream", "clicks"));
        settings.putAll(more);
        return new RedisSources(clients, _ -> Optional.empty())
                .open(
                        new SourceContext(
                                Items.PIPELINE,
                                owner,
                                new SourceDefinition("in", "redis", new Settings(settings)),
                                messagesMax,
                                timeout));
    }

    /** What the hash of a group has, by the values of the group. */
    Map<String, String> hash(Object... group) {
        return ask().hgetall(key(group));
    }

    static String key(Object... group) {
        byte[] json = Json.encode(Arrays.asList(group));
        return "millrace:web:views:" + new String(json, UTF_8);
    }

    @Override
    public void close() {
        clients.close();
        server.close();
    }
}
