package dev.millrace.bench.kafka;

import dev.millrace.bench.Input;
import dev.millrace.bench.Meter;
import dev.millrace.bench.Spec;
import dev.millrace.bench.TempFolder;
import dev.millrace.bench.WebEvents;

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
        Input input = new Input(spec);
        try (TempFolder folder = TempFolder.create();
                Broker broker = Broker.start(folder.path())) {
            broker.createTopic(ViewCounts.EVENTS, spec.threads());
            try (ViewCounts counts = ViewCounts.start(spec, broker.address(), folder.path());
                    KafkaProducer<byte[], byte[]> producer =
                            new KafkaProducer<>(
                                    settings(spec, broker.address()),
                                    new ByteArraySerializer(),
                                    new ByteArraySerializer())) {
                send(producer, input, 0, spec.warmUp());
                counts.await(input.people(spec.warmUp()));
                counts.sum();
                meter.start();
                send(producer, input, spec.warmUp(), spec.batches());
                counts.await(input.people(spec.batches()));
                meter.counted(counts.sum());
                meter.finish(spec.measuredEvents());
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

    private static void send(
            KafkaProducer<byte[], byte[]> producer, Input input, long from, long to) {
        Queue<Exception> failures = new ConcurrentLinkedQueue<>();
        for (long batch = from; batch < to; batch++) {
            byte[] body = input.batch(batch);
            for (int i = 0; i < Input.BATCH; i++) {
                byte[] event =
                        Arrays.copyOfRange(body, i * WebEvents.BYTES, (i + 1) * WebEvents.BYTES);
                long timestampMs =
                        Input.START_MS + batch * Input.BATCH_MS + Input.BATCH_MS * i / Input.BATCH;
                ProducerRecord<byte[], byte[]> message =
                        new ProducerRecord<>(ViewCounts.EVENTS, null, timestampMs, null, event);
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
        producer.flush();
        if (!failures.isEmpty()) {
            throw new IllegalStateException(failures.element());
        }
    }
}
