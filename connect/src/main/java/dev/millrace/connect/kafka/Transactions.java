package dev.millrace.connect.kafka;

import dev.millrace.core.connector.ConnectorException;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes transactions under a fixed transactional id: whoever opened it last is the only one whose
 * transactions end. For one thread. After an exception it is of no more use, and is closed.
 */
final class Transactions implements AutoCloseable {
    static final int BUFFER_BYTES = 32 << 20;

    private static final int BATCH_BYTES = 128 << 10;
    private static final Duration SHORTEST = Duration.ofSeconds(10);

    private final KafkaProducer<byte[], byte[]> producer;

    /** How it is opened. */
    record Opening(KafkaSettings settings, KafkaWaits waits, String id, Duration timeout) {
        /**
         * Fences all who opened one of this id before, and ends what they had begun.
         *
         * @throws ConnectorException if that fails
         */
        Transactions open() throws ConnectorException {
            KafkaProducer<byte[], byte[]> producer = null;
            try {
                producer =
                        new KafkaProducer<>(
                                settings.client(own()),
                                new ByteArraySerializer(),
                                new ByteArraySerializer());
                producer.initTransactions();
                return new Transactions(producer);
            } catch (KafkaException failed) {
                if (producer != null) {
                    close(producer);
                }
                throw new KafkaFaults(settings).of(failed);
            }
        }

        private Map<String, Object> own() {
            Duration ends = timeout.compareTo(SHORTEST) > 0 ? timeout : SHORTEST;
            return Map.of(
                    "transactional.id",
                    id,
                    "acks",
                    "all",
                    "transaction.timeout.ms",
                    Math.toIntExact(ends.toMillis()),
                    "max.block.ms",
                    waits.stepMs(),
                    "request.timeout.ms",
                    waits.requestMs(),
                    "delivery.timeout.ms",
                    waits.stepMs() + waits.lingerMs(),
                    "linger.ms",
                    waits.lingerMs(),
                    "buffer.memory",
                    BUFFER_BYTES,
                    "batch.size",
                    BATCH_BYTES);
        }
    }

    private Transactions(KafkaProducer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /** A message, and the position of the item that it is. */
    record Message(long position, ProducerRecord<byte[], byte[]> message) {}

    /**
     * Writes all of them and the last one in one transaction, or nothing.
     *
     * @return by position, messages that the broker will never take, on account of which nothing
     *     was written; empty: all was
     * @throws KafkaException if it failed, or that is not known
     */
    Map<Long, KafkaException> write(List<Message> messages, ProducerRecord<byte[], byte[]> last) {
        Map<Long, KafkaException> refused = new TreeMap<>();
        producer.beginTransaction();
        try {
            for (Message one : messages) {
                var _ =
                        producer.send(
                                one.message,
                                (_, failure) -> {
                                    if (isForGood(failure)) {
                                        add(refused, one.position, (KafkaException) failure);
                                    }
                                });
            }
            var _ = producer.send(last);
            producer.flush();
            if (isEmpty(refused)) {
                producer.commitTransaction();
                return Map.of();
            }
        } catch (KafkaException failed) {
            // Now each message has been called back for.
            producer.flush();
            if (isEmpty(refused)) {
                throw failed;
            }
        }
        producer.abortTransaction();
        return copy(refused);
    }

    /**
     * The callbacks run on the producer's thread. What was to be written besides is called back for
     * with the very failure that was first, and is none of its own.
     */
    private static void add(
            Map<Long, KafkaException> refused, long position, KafkaException failure) {
        synchronized (refused) {
            if (refused.values().stream().noneMatch(one -> isSame(one, failure))) {
                refused.put(position, failure);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(KafkaException one, KafkaException other) {
        return one == other;
    }

    private static boolean isEmpty(Map<Long, KafkaException> refused) {
        synchronized (refused) {
            return refused.isEmpty();
        }
    }

    private static Map<Long, KafkaException> copy(Map<Long, KafkaException> refused) {
        synchronized (refused) {
            return new TreeMap<>(refused);
        }
    }

    private static boolean isForGood(@Nullable Exception failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof InvalidRecordException
                || failure instanceof InvalidTimestampException;
    }

    /** Waits for nothing; a transaction that is open is ended by whoever opens the next one. */
    @Override
    public void close() {
        close(producer);
    }

    private static void close(KafkaProducer<byte[], byte[]> producer) {
        try {
            producer.close(Duration.ZERO);
        } catch (KafkaException interrupted) {
            // It is closed all the same.
        }
    }

    /** Whether another has opened transactions of this id. */
    static boolean isFenced(KafkaException failed) {
        Throwable at = failed;
        while (at != null) {
            if (at instanceof ProducerFencedException
                    || at instanceof InvalidProducerEpochException) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }
}
