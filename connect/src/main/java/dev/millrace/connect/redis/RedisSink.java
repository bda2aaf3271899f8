package dev.millrace.connect.redis;

import static dev.millrace.connect.redis.RedisLink.bytes;
import static dev.millrace.connect.redis.RedisLink.newFields;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.pipeline.SinkDefinition;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The newest row of each group as a hash, changed rows and alerts published, events and alerts in
 * streams; the cursor is the hash {@code millrace:{pipeline}:cursor:{sink}}.
 *
 * <p>A batch is two turns: WATCH the cursor and read it; then, in one MULTI, the changes and the
 * cursor. Whoever else delivers the same has moved the cursor by then, and EXEC does nothing.
 *
 * <p>An error of a command within EXEC would not keep the others from being done. So nothing is put
 * there that can fail: a hash replaces whatever stands under its key, and streams are looked at
 * before. Should one fail all the same, the cursor is put back.
 */
final class RedisSink implements CursorSink {
    private static final byte[] OWNER = bytes("owner");
    private static final byte[] POSITION = bytes("position");
    private static final byte[] EVENT = bytes("event");
    private static final byte[] ALERT = bytes("alert");

    /** Commands that are sent together, so that Redis works while the next are written. */
    private static final int FLUSH_COMMANDS = 512;

    /**
     * What is written to.
     *
     * @param ttl of a hash, from its last change on
     * @param events the stream of events
     * @param lengthMax of each stream, about
     */
    record Places(Duration ttl, byte[] events, byte[] alerts, long lengthMax) {}

    private final RedisLink link;
    private final SinkContext context;
    private final Places places;
    private final byte[] cursorKey;
    private final Duration limit;
    private final XAddArgs trimmed;

    /** Commands since the last flush. */
    private int waiting;

    RedisSink(RedisLink link, SinkContext context, Places places, Duration limit) {
        this.link = link;
        this.context = context;
        this.places = places;
        this.limit = limit;
        this.cursorKey =
                bytes("millrace:%s:cursor:%s".formatted(context.pipeline(), context.sink()));
        this.trimmed = new XAddArgs().maxlen(places.lengthMax).approximateTrimming();
    }

    /** Connects. */
    void connect() throws ConnectorException {
        var _ = link.commands();
    }

    @Override
    public Optional<SinkCursor> cursor() throws ConnectorException {
        var read = link.commands().hmget(cursorKey, OWNER, POSITION);
        link.flush();
        return cursor(link.await(read, limit));
    }

    private static Optional<SinkCursor> cursor(List<KeyValue<byte[], byte[]>> fields)
            throws ConnectorException {
        KeyValue<byte[], byte[]> owner = fields.get(0);
        KeyValue<byte[], byte[]> position = fields.get(1);
        if (!owner.hasValue() || !position.hasValue()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new SinkCursor(
                            new String(owner.getValue(), UTF_8),
                            Long.parseLong(new String(position.getValue(), UTF_8))));
        } catch (IllegalArgumentException e) {
            throw ConnectorException.lasting("the cursor in Redis is none: somebody changed it", e);
        }
    }

    @Override
    public void reset(SinkCursor cursor) throws ConnectorException {
        var written = link.commands().hset(cursorKey, fields(cursor));
        link.flush();
        var _ = link.await(written, limit);
    }

    private static Map<byte[], byte[]> fields(SinkCursor cursor) {
        Map<byte[], byte[]> fields = newFields();
        fields.put(OWNER, bytes(cursor.owner()));
        fields.put(POSITION, bytes(Long.toString(cursor.position())));
        return fields;
    }

    @Override
    public Delivery deliver(SinkBatch batch) {
        try {
            RedisAsyncCommands<byte[], byte[]> redis = link.commands();
            if (!watch(batch, redis)) {
                var _ = redis.unwatch();
                link.flush();
                return new Delivery.CursorMoved();
            }
            return write(batch, redis);
        } catch (ConnectorException e) {
            // With what is watched and queued on it.
            link.drop();
            return new Delivery.RetryLater(e.reason());
        }
    }

    /** Whether the cursor is where the batch begins, and from now on watched. */
    private boolean watch(SinkBatch batch, RedisAsyncCommands<byte[], byte[]> redis)
            throws ConnectorException {
        List<byte[]> streams = streams(batch);
        List<byte[]> watched = new ArrayList<>(streams);
        watched.add(cursorKey);
        var _ = redis.watch(watched.toArray(byte[][]::new));
        var cursor = redis.hmget(cursorKey, OWNER, POSITION);
        List<RedisFuture<String>> types = streams.stream().map(redis::type).toList();
        link.flush();
        if (!cursor(link.await(cursor, limit)).equals(Optional.of(batch.before()))) {
            return false;
        }
        for (int i = 0; i < types.size(); i++) {
            String type = link.await(types.get(i), limit);
            if (!type.equals("none") && !type.equals("stream")) {
                throw ConnectorException.lasting(
                        "%s has a %s under %s, where the sink's stream must be"
                                .formatted(link.name(), type, new String(streams.get(i), UTF_8)));
            }
        }
        return true;
    }

    private List<byte[]> streams(SinkBatch batch) {
        List<byte[]> streams = new ArrayList<>();
        if (batch.items().stream().anyMatch(SinkItem.EventItem.class::isInstance)) {
            streams.add(places.events);
        }
        if (batch.items().stream().anyMatch(SinkItem.AlertItem.class::isInstance)) {
            streams.add(places.alerts);
        }
        return streams;
    }

    private Delivery write(SinkBatch batch, RedisAsyncCommands<byte[], byte[]> redis)
            throws ConnectorException {
        List<RedisFuture<?>> queued = new ArrayList<>();
        var _ = redis.multi();
        Map<String, RowHashes> open = new LinkedHashMap<>();
        for (SinkItem item : batch.items()) {
            switch (item) {
                case SinkItem.RowItem(long _, Row row, byte[] json) -> {
                    RowHashes rows = open.get(row.aggregate());
                    if (rows == null || !rows.takes(row)) {
                        if (rows != null) {
                            send(rows, queued, redis);
                        }
                        rows = hashes(row);
                        open.put(row.aggregate(), rows);
                    }
                    rows.add(row, json);
                }
                case SinkItem.AlertItem(long _, String _, byte[] json) -> {
                    // Subscribers hear in order.
                    open.values().forEach(before -> send(before, queued, redis));
                    open.clear();
                    queue(queued, redis.xadd(places.alerts, trimmed, Map.of(ALERT, json)));
                    queue(queued, redis.publish(channel(SinkDefinition.ALERTS), json));
                }
                case SinkItem.EventItem(long _, byte[] json) ->
                        queue(queued, redis.xadd(places.events, trimmed, Map.of(EVENT, json)));
            }
        }
        open.values().forEach(last -> send(last, queued, redis));
        queue(queued, redis.hset(cursorKey, fields(batch.after())));
        RedisFuture<TransactionResult> done = redis.exec();
        link.flush();
        return outcome(batch, queued, done);
    }

    private RowHashes hashes(Row like) {
        return new RowHashes(context.pipeline(), like, places.ttl, channel(like.aggregate()));
    }

    /** At once, so that Redis reads it while the next are put together. */
    private void send(
            RowHashes rows, List<RedisFuture<?>> queued, RedisAsyncCommands<byte[], byte[]> redis) {
        queued.add(rows.send(redis));
        link.flush();
    }

    private void queue(List<RedisFuture<?>> queued, RedisFuture<?> command) {
        queued.add(command);
        flushNowAndThen();
    }

    private void flushNowAndThen() {
        if (++waiting >= FLUSH_COMMANDS) {
            waiting = 0;
            link.flush();
        }
    }

    private byte[] channel(String feed) {
        return bytes("millrace:%s:%s".formatted(context.pipeline(), feed));
    }

    private Delivery outcome(
            SinkBatch batch, List<RedisFuture<?>> queued, RedisFuture<TransactionResult> done)
            throws ConnectorException {
        TransactionResult result;
        try {
            result = link.await(done, limit);
        } catch (ConnectorException e) {
            throw e.getCause() instanceof RedisCommandExecutionException
                    ? refusal(queued).orElse(e)
                    : e;
        }
        if (result.wasDiscarded()) {
            return new Delivery.CursorMoved();
        }
        Optional<Throwable> failed =
                result.stream()
                        .filter(Throwable.class::isInstance)
                        .map(Throwable.class::cast)
                        .findFirst();
        if (failed.isPresent()) {
            reset(batch.before());
            throw RedisFailure.of(failed.get(), link.name());
        }
        return new Delivery.Delivered();
    }

    /** What EXEC only says was one of the commands before, says that command. */
    private Optional<ConnectorException> refusal(List<RedisFuture<?>> queued) {
        return queued.stream()
                .map(RedisFuture::getError)
                .filter(error -> error != null && !error.startsWith("EXECABORT"))
                .findFirst()
                .map(error ->
                        RedisFailure.of(new RedisCommandExecutionException(error), link.name()));
    }

    @Override
    public void close() {
        link.close();
    }
}
