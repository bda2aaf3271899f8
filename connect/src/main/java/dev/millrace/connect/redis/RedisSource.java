package dev.millrace.connect.redis;

import static dev.millrace.connect.redis.RedisLink.bytes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.Bound;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Source;
import dev.millrace.core.connector.SourceBatch;
import dev.millrace.core.event.Json;

import io.lettuce.core.Consumer;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.models.stream.PendingMessage;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a stream as one consumer of a group. First what this consumer was handed before and never
 * acknowledged; from time to time what others of the group, long silent, have left; else what is
 * new.
 */
final class RedisSource implements Source {
    /** Of one batch, about: what is read at once is chosen by the largest message so far. */
    static final int BATCH_BYTES = 8 << 20;

    /** Messages that are asked for at once. */
    private static final int PORTION = 100;

    /** What a message is taken for before there was one. */
    private static final int MESSAGE_BYTES = 64 << 10;

    private static final int PENDING_PER_PAGE = 100;
    private static final int PENDING_PAGES = 10;

    /**
     * What is read, as whom.
     *
     * @param consumer the same after a restart
     * @param field that holds the event
     * @param isFromStart whether a group that is made begins with what is there already
     * @param reclaimAfter how long a message must have waited at another consumer to be taken over
     */
    record Place(
            byte[] stream,
            byte[] group,
            byte[] consumer,
            byte[] field,
            boolean isFromStart,
            Duration reclaimAfter) {}

    private final RedisLink link;
    private final Place place;
    private final Consumer<byte[]> consumer;
    private final int messagesMax;
    private final Duration limit;

    /** Whether this consumer may have been handed messages that it has not acknowledged. */
    private boolean hasOwn = true;

    private long reclaimedAtNanos;
    private long largestBytes = MESSAGE_BYTES;

    private RedisSource(RedisLink link, Place place, int messagesMax, Duration limit) {
        this.link = link;
        this.place = place;
        this.consumer = Consumer.from(place.group, place.consumer);
        this.messagesMax = messagesMax;
        this.limit = limit;
        this.reclaimedAtNanos = System.nanoTime() - place.reclaimAfter.toNanos();
    }

    static Bound bound() {
        return new Bound(
                "source.redisBatchBytes",
                BATCH_BYTES,
                "bytes",
                "what is read of a stream at once, about; the rest stays there");
    }

    /** Connects, and makes the group if there is none. */
    static RedisSource open(RedisLink link, Place place, int messagesMax, Duration limit)
            throws ConnectorException {
        RedisSource source = new RedisSource(link, place, messagesMax, limit);
        var made =
                link.commands()
                        .xgroupCreate(
                                StreamOffset.from(place.stream, place.isFromStart ? "0" : "$"),
                                place.group,
                                new XGroupCreateArgs().mkstream(true));
        link.flush();
        try {
            var _ = link.await(made, limit);
        } catch (ConnectorException e) {
            if (!isAnswer(e, "BUSYGROUP")) {
                throw e;
            }
        }
        return source;
    }

    private static boolean isAnswer(ConnectorException failed, String code) {
        return failed.getCause() instanceof RedisCommandExecutionException answer
                && String.valueOf(answer.getMessage()).startsWith(code);
    }

    @Override
    public SourceBatch read(Duration wait) throws ConnectorException {
        try {
            while (hasOwn) {
                Batch own = new Batch();
                own.add(readGroup("0", share(own), Duration.ZERO));
                if (!own.messages.isEmpty()) {
                    return own;
                }
                hasOwn = !own.ids.isEmpty();
                own.acknowledge();
            }
            if (System.nanoTime() - reclaimedAtNanos >= place.reclaimAfter.toNanos() / 2) {
                Batch left = reclaimed();
                if (!left.messages.isEmpty()) {
                    return left;
                }
                left.acknowledge();
                reclaimedAtNanos = System.nanoTime();
            }
            return newMessages(wait);
        } catch (ConnectorException e) {
            // What was handed out on the connection that is gone has to be asked for.
            hasOwn = true;
            if (isAnswer(e, "NOGROUP")) {
                throw ConnectorException.passing(
                        "%s has lost the stream %s or its group, which is made again"
                                .formatted(link.name(), new String(place.stream, UTF_8)),
                        e);
            }
            throw e;
        }
    }

    private Batch newMessages(Duration wait) throws ConnectorException {
        Batch batch = new Batch();
        Duration patience = wait;
        while (true) {
            int asked = share(batch);
            if (asked == 0) {
                return batch;
            }
            List<StreamMessage<byte[], byte[]>> read = readGroup(">", asked, patience);
            batch.add(read);
            if (read.size() < asked) {
                return batch;
            }
            patience = Duration.ZERO;
        }
    }

    /** How many messages still go into a batch, of those that are read at once. */
    private int share(Batch batch) {
        if (batch.bytes >= BATCH_BYTES) {
            return 0;
        }
        int most = Math.min(PORTION, messagesMax - batch.ids.size());
        return (int) Math.min(most, Math.max(1, (BATCH_BYTES - batch.bytes) / largestBytes));
    }

    /**
     * @param wait zero: not at all
     */
    private List<StreamMessage<byte[], byte[]>> readGroup(String from, int count, Duration wait)
            throws ConnectorException {
        XReadArgs args = new XReadArgs().count(count);
        if (wait.isPositive()) {
            // Zero would be for ever.
            args.block(Math.max(1, wait.toMillis()));
        }
        var read = link.commands().xreadgroup(consumer, args, offset(from));
        link.flush();
        return link.await(read, limit.plus(wait));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private StreamOffset<byte[]>[] offset(String from) {
        return new StreamOffset[] {StreamOffset.from(place.stream, from)};
    }

    /** What others of the group were handed long ago. */
    private Batch reclaimed() throws ConnectorException {
        Batch batch = new Batch();
        Range.Boundary<String> after = Range.Boundary.unbounded();
        for (int page = 0; page < PENDING_PAGES; page++) {
            var asked =
                    link.commands()
                            .xpending(
                                    place.stream,
                                    place.group,
                                    Range.from(after, Range.Boundary.unbounded()),
                                    Limit.from(PENDING_PER_PAGE));
            link.flush();
            List<PendingMessage> pending = link.await(asked, limit);
            String[] left =
                    pending.stream()
                            .filter(this::isLeft)
                            .limit(share(batch))
                            .map(PendingMessage::getId)
                            .toArray(String[]::new);
            if (left.length > 0) {
                var claimed =
                        link.commands()
                                .xclaim(
                                        place.stream,
                                        consumer,
                                        XClaimArgs.Builder.minIdleTime(place.reclaimAfter),
                                        left);
                link.flush();
                batch.add(link.await(claimed, limit));
                return batch;
            }
            if (pending.size() < PENDING_PER_PAGE) {
                return batch;
            }
            after = Range.Boundary.including(next(pending.getLast().getId()));
        }
        return batch;
    }

    private boolean isLeft(PendingMessage message) {
        return !Arrays.equals(bytes(message.getConsumer()), place.consumer)
                && message.getSinceLastDelivery().compareTo(place.reclaimAfter) >= 0;
    }

    /** The id after {@code 1700000000000-5}. */
    private static String next(String id) {
        int dash = id.indexOf('-');
        return id.substring(0, dash + 1) + (Long.parseUnsignedLong(id.substring(dash + 1)) + 1);
    }

    /** The event that a message holds; of one that has no such field, all its fields. */
    private byte[] json(Map<byte[], byte[]> body) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Map.Entry<byte[], byte[]> field : body.entrySet()) {
            if (Arrays.equals(field.getKey(), place.field)) {
                return field.getValue();
            }
            fields.put(new String(field.getKey(), UTF_8), new String(field.getValue(), UTF_8));
        }
        return Json.encode(fields);
    }

    @Override
    public void close() {
        link.close();
    }

    private final class Batch implements SourceBatch {
        private final List<byte[]> messages = new ArrayList<>();
        private final List<String> ids = new ArrayList<>();
        private long bytes;

        private void add(List<StreamMessage<byte[], byte[]>> read) {
            // One that is huge is remembered for a while.
            long largest = Math.max(MESSAGE_BYTES, largestBytes / 2);
            for (StreamMessage<byte[], byte[]> message : read) {
                ids.add(message.getId());
                @Nullable Map<byte[], byte[]> body = message.getBody();
                // One that was deleted from the stream is still pending, without a body.
                if (body != null && !body.isEmpty()) {
                    byte[] json = json(body);
                    messages.add(json);
                    bytes += json.length;
                    largest = Math.max(largest, json.length);
                }
            }
            largestBytes = largest;
        }

        @Override
        public List<byte[]> messages() {
            return List.copyOf(messages);
        }

        @Override
        public void acknowledge() throws ConnectorException {
            if (ids.isEmpty()) {
                return;
            }
            var told = link.commands().xack(place.stream, place.group, ids.toArray(String[]::new));
            link.flush();
            var _ = link.await(told, limit);
        }
    }
}
