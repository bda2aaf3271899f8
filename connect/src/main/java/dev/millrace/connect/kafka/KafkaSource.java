package dev.millrace.connect.kafka;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Source;
import dev.millrace.core.connector.SourceBatch;

import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads a topic as a member of a consumer group. Only what was committed is read. Offsets are
 * committed by {@link SourceBatch#acknowledge} alone; when partitions went to another consumer
 * meanwhile, or this process dies, messages come again, and events of ids that are known count as
 * duplicates.
 *
 * <p>The value of a message is one event in JSON; key, headers and time are not looked at. A
 * message without a value, which deletes a key in a compacted topic, is no event, and is passed
 * over.
 *
 * <p>Batches are as large as {@code messagesMax} and what was fetched allow; a pipeline that is
 * held back does not lose its partitions, for up to {@link #HELD_MAX}.
 */
final class KafkaSource implements Source {
    static final int FETCH_BYTES_MAX = 8 << 20;

    /** After which the group takes its partitions away from one that reads no more. */
    private static final Duration HELD_MAX = Duration.ofHours(1);

    /** When nothing came for so long it is asked whether anybody is there. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(5);

    /**
     * Without a word for so long a member is gone, and its partitions go to another: to the next
     * process, say, after a crash. Brokers allow 6 seconds at least, by default.
     */
    private static final Duration SESSION = Duration.ofSeconds(10);

    private static final Duration CLOSE_MAX = Duration.ofSeconds(1);

    private final KafkaSettings settings;
    private final KafkaFaults faults;
    private final KafkaCluster cluster;
    private final KafkaWaits waits;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private long heardNanos = System.nanoTime();

    /**
     * How it is read.
     *
     * @param from {@code earliest} or {@code latest}: where a group begins that has no offset yet
     */
    record Reading(String group, String from, int messagesMax) {}

    KafkaSource(KafkaSettings settings, KafkaWaits waits, KafkaCluster cluster, Reading reading)
            throws ConnectorException {
        this.settings = settings;
        this.faults = new KafkaFaults(settings);
        this.cluster = cluster;
        this.waits = waits;
        Map<String, Object> own =
                Map.ofEntries(
                        Map.entry("group.id", reading.group),
                        Map.entry("enable.auto.commit", false),
                        Map.entry("auto.offset.reset", reading.from),
                        Map.entry("isolation.level", "read_committed"),
                        Map.entry("allow.auto.create.topics", false),
                        Map.entry("max.poll.records", reading.messagesMax),
                        Map.entry("max.poll.interval.ms", Math.toIntExact(HELD_MAX.toMillis())),
                        Map.entry("session.timeout.ms", Math.toIntExact(SESSION.toMillis())),
                        Map.entry("fetch.max.bytes", FETCH_BYTES_MAX),
                        Map.entry("default.api.timeout.ms", waits.stepMs()),
                        Map.entry("request.timeout.ms", waits.requestMs()));
        try {
            this.consumer =
                    new KafkaConsumer<>(
                            settings.client(own),
                            new ByteArrayDeserializer(),
                            new ByteArrayDeserializer());
            consumer.subscribe(List.of(settings.topic()));
        } catch (KafkaException failed) {
            throw faults.of(failed);
        }
    }

    @Override
    public SourceBatch read(Duration wait) throws ConnectorException {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(wait);
        } catch (KafkaException failed) {
            throw faults.of(failed);
        }
        if (!records.isEmpty()) {
            heardNanos = System.nanoTime();
        } else if (System.nanoTime() - heardNanos > SILENCE_MAX.toNanos()) {
            // A consumer waits without a word for brokers that are away and for a topic that is
            // gone.
            int _ = cluster.partitions(settings.topic());
            heardNanos = System.nanoTime();
        }
        return new Read(records);
    }

    private final class Read implements SourceBatch {
        private final List<byte[]> messages = new ArrayList<>();
        private final Map<TopicPartition, OffsetAndMetadata> next;

        private Read(ConsumerRecords<byte[], byte[]> records) {
            for (ConsumerRecord<byte[], byte[]> one : records) {
                if (one.value() != null) {
                    messages.add(one.value());
                }
            }
            this.next = records.nextOffsets();
        }

        @Override
        public List<byte[]> messages() {
            return messages;
        }

        @Override
        public void acknowledge() throws ConnectorException {
            try {
                consumer.commitSync(next, waits.step());
            } catch (CommitFailedException | RebalanceInProgressException moved) {
                throw ConnectorException.passing(
                        "%s gave partitions of %s to another consumer of the group before their offsets were committed; what was read comes again"
                                .formatted(settings.name(), settings.topic()),
                        moved);
            } catch (KafkaException failed) {
                throw faults.of(failed);
            }
        }
    }

    @Override
    public void close() {
        try {
            consumer.close(CloseOptions.timeout(CLOSE_MAX));
        } catch (KafkaException failed) {
            // The group notices.
        }
        cluster.close();
    }
}
