package dev.millrace.connect.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.event.Json;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A compacted topic with the cursors of sinks: the key is the sink's transactional id, the value
 * <code>{"owner": …, "position": …}</code>. A cursor is written in the transaction that writes the
 * batch, and only what was committed is read.
 */
final class CursorTopic {
    /** Segments are small, as the newest one is never compacted and is read at every start. */
    private static final Map<String, String> CONFIG =
            Map.of(
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_COMPACT,
                    TopicConfig.SEGMENT_BYTES_CONFIG,
                    Integer.toString(8 << 20),
                    TopicConfig.SEGMENT_MS_CONFIG,
                    Integer.toString(3_600_000),
                    TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                    "0.1");

    private final KafkaSettings settings;
    private final KafkaWaits waits;
    private final KafkaCluster cluster;
    private final TopicPartition partition;
    private final byte[] key;

    CursorTopic(
            KafkaSettings settings,
            KafkaWaits waits,
            KafkaCluster cluster,
            String topic,
            String transactionalId) {
        this.settings = settings;
        this.waits = waits;
        this.cluster = cluster;
        this.partition = new TopicPartition(topic, 0);
        this.key = transactionalId.getBytes(UTF_8);
    }

    void require() throws ConnectorException {
        cluster.requireCompacted(partition.topic(), CONFIG);
    }

    ProducerRecord<byte[], byte[]> record(SinkCursor cursor) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("owner", cursor.owner());
        json.put("position", cursor.position());
        return new ProducerRecord<>(
                partition.topic(), partition.partition(), key, Json.encode(json));
    }

    /** As far as no transaction is open; there may be a newer one. Waits for nobody. */
    Optional<SinkCursor> glance() throws ConnectorException {
        return read(cluster.end(partition, IsolationLevel.READ_COMMITTED));
    }

    /**
     * The newest one. Whoever asks has fenced all others who write it. Waits until transactions
     * have ended in which other sinks have written theirs.
     */
    Optional<SinkCursor> newest() throws ConnectorException {
        return read(cluster.end(partition, IsolationLevel.READ_UNCOMMITTED));
    }

    private Optional<SinkCursor> read(long end) throws ConnectorException {
        KafkaFaults faults = new KafkaFaults(settings);
        Map<String, Object> client =
                settings.client(
                        Map.of(
                                "isolation.level",
                                "read_committed",
                                "enable.auto.commit",
                                false,
                                "allow.auto.create.topics",
                                false,
                                "auto.offset.reset",
                                "earliest",
                                "default.api.timeout.ms",
                                waits.stepMs(),
                                "request.timeout.ms",
                                waits.requestMs()));
        byte[] found = null;
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long until = System.nanoTime() + waits.step().toNanos();
            while (consumer.position(partition) < end) {
                if (System.nanoTime() > until) {
                    throw ConnectorException.passing(
                            "%s keeps the cursor behind a transaction of another sink that has not ended, in the topic %s"
                                    .formatted(settings.name(), partition.topic()));
                }
                for (ConsumerRecord<byte[], byte[]> one :
                        consumer.poll(waits.step().dividedBy(10))) {
                    found = Arrays.equals(one.key(), key) ? one.value() : found;
                }
            }
        } catch (KafkaException failed) {
            throw faults.of(failed);
        }
        return found == null ? Optional.empty() : Optional.of(cursor(found));
    }

    private SinkCursor cursor(byte[] json) throws ConnectorException {
        if (decode(json) instanceof Map<?, ?> cursor
                && cursor.get("owner") instanceof String owner
                && cursor.get("position") instanceof Long position) {
            return new SinkCursor(owner, position);
        }
        throw ConnectorException.lasting(
                "the topic %s has what is no cursor under the key %s"
                        .formatted(partition.topic(), new String(key, UTF_8)));
    }

    private static @Nullable Object decode(byte[] json) {
        try {
            return Json.decode(json);
        } catch (IllegalArgumentException broken) {
            return null;
        }
    }
}
