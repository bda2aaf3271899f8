package dev.millrace.bench.kafka;

import dev.millrace.bench.Input;
import dev.millrace.bench.Meter;
import dev.millrace.bench.Spec;
import dev.millrace.bench.TempFolder;
import dev.millrace.bench.WarmUp;
import dev.millrace.bench.WebEvents;
import dev.millrace.testing.kafka.Broker;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A producer, a broker and Kafka Streams, all in this process. An event is a message without a key,
 * under the time of the event, so that nobody has to parse it for that; the producer waits for the
 * broker as it does by default, and has the batches that its documentation advises for throughput.
 * The variant is the compression.
 */
public final class KafkaCount {
    private KafkaCount() {}

    public static void main(String[] args) throws Exception {
        Logger.getLogger("").setLevel(Level.WARNING);
        Spec spec = Spec.parse(args);
        Meter meter = new Meter();
        try (TempFolder folder = TempFolder.create();
                Broker broker = Broker.start(folder.path())) {
            broker.createTopic(ViewCounts.EVENTS, spec.threads());
            try (ViewCounts counts = ViewCounts.start(spec, broker.address(), folder.path());
                    KafkaProducer<byte[], byte[]> producer =
                            new KafkaProducer<>(
                                    settings(spec, broker.address()),
                                    new ByteArraySerializer(),
                                    new ByteArraySerializer())) {
                Sender sender = new Sender(producer, new Input(spec));
                WarmUp.run(
                        spec.warmUpSeconds(),
                        sender::send,
                        () -> {
                            counts.await(sender.people);
                            counts.sum();
                        });
                long before = sender.batches;
                meter.start();
                // As long again is what its consumers are behind then.
                sender.send(spec.seconds() / 2.0);
                counts.await(sender.people);
                meter.counted(counts.sum());
                meter.handedOut(sender.people);
                meter.finish((sender.batches - before) * Input.BATCH, spec);
            }
        }
    }

    private static Map<String, Object> settings(Spec spec, String broker) {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.LINGER_MS_CONFIG,
                10,
                ProducerConfig.BATCH_SIZE_CONFIG,
                256 << 10,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                64L << 20,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                spec.variant());
    }

    /** Sends the batches of an input. */
    private static final class Sender {
        private final KafkaProducer<byte[], byte[]> producer;
        private final Input input;
        private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();
        private long batches;
        private long people;

        Sender(KafkaProducer<byte[], byte[]> producer, Input input) {
            this.producer = producer;
            this.input = input;
        }

        /** For some time, and until the broker has all. */
        void send(double seconds) {
            long end = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
            while (System.nanoTime() < end) {
                send(input.batch(batches), Input.START_MS + batches * Input.BATCH_MS);
                people += input.people(batches++);
            }
            producer.flush();
            if (!failures.isEmpty()) {
                throw new IllegalStateException(failures.element());
            }
        }

        private void send(byte[] body, long startMs) {
            for (int i = 0; i < Input.BATCH; i++) {
                byte[] event =
                        Arrays.copyOfRange(body, i * WebEvents.BYTES, (i + 1) * WebEvents.BYTES);
                ProducerRecord<byte[], byte[]> message =
                        new ProducerRecord<>(
                                ViewCounts.EVENTS,
                                null,
                                startMs + Input.BATCH_MS * i / Input.BATCH,
                                null,
                                event);
                Future<RecordMetadata> _ =
                        producer.send(
                                message,
                                (_, failure) -> {
                                    if (failure != null) {
                                        failures.add(failure);
                                    }
                                });
            }
        }
    }
}
