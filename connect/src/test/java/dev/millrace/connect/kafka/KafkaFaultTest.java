package dev.millrace.connect.kafka;

import static dev.millrace.connect.Batches.at;
import static dev.millrace.connect.Batches.eventTexts;
import static dev.millrace.connect.Batches.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.connect.Batches;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.Delivery.Delivered;
import dev.millrace.core.connector.Delivery.RetryLater;
import dev.millrace.testing.kafka.Broker;
import dev.millrace.testing.net.TcpProxy;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/** A network that falls ill between a sink and its broker. */
class KafkaFaultTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(12);

    @TempDir static Path folder;
    private static TcpProxy proxy;
    private static Broker broker;
    private static Topics topics;

    @BeforeAll
    static void start() throws Exception {
        proxy = TcpProxy.to(1);
        String behind = "127.0.0.1:" + proxy.port();
        broker = Broker.start(folder, Optional.of(behind), Map.of());
        proxy.target(broker.port());
        topics = new Topics(broker);
        // The broker makes its topic of transactions for the first, which may take long.
        try (KafkaProducer<byte[], byte[]> first =
                topics.producer(Map.of("transactional.id", "first"))) {
            first.initTransactions();
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
        proxy.close();
    }

    private static CursorSink started(String topic) throws Exception {
        broker.createTopic(topic, 1);
        return await().atMost(Duration.ofMinutes(2))
                .ignoreExceptionsInstanceOf(ConnectorException.class)
                .until(() -> reset(topic), Objects::nonNull);
    }

    private static CursorSink reset(String topic) throws ConnectorException {
        CursorSink sink =
                (CursorSink)
                        new KafkaSinks(_ -> Optional.empty())
                                .open(
                                        Batches.context(
                                                "kafka",
                                                Map.of(
                                                        "bootstrap",
                                                        "127.0.0.1:" + proxy.port(),
                                                        "topic",
                                                        topic),
                                                TIMEOUT));
        try {
            sink.reset(at(0));
            return sink;
        } catch (ConnectorException late) {
            sink.close();
            throw late;
        }
    }

    @Test
    void aBrokerThatFallsSilentIsNamedAndEachItemComesOnce() throws Exception {
        try (CursorSink sink = started("silent")) {
            deliver(sink, 2);

            proxy.blackhole();
            Delivery late = sink.deliver(events(2, 4));
            proxy.heal();

            assertThat(late).isInstanceOf(RetryLater.class);
            assertThat(((RetryLater) late).reason())
                    .contains("Kafka at 127.0.0.1:" + proxy.port())
                    .contains("did not answer in time");
            deliver(sink, 4);
            assertThat(topics.values("silent")).isEqualTo(eventTexts(0, 4));
        }
    }

    @Test
    void connectionsThatAreCutAnywhereLoseNothingAndRepeatNothing() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (CursorSink sink = started("cut")) {
            for (int round = 1; round <= 10; round++) {
                proxy.cutAfter(random.nextInt(4_000));
                deliver(sink, 20L * round);
            }
            proxy.heal();
            assertThat(topics.values("cut")).as("seed %d", seed).isEqualTo(eventTexts(0, 200));
        }
    }

    /** As the engine does: where the cursor is, it goes on. */
    private static void deliver(CursorSink sink, long until) {
        await().atMost(Duration.ofMinutes(2))
                .until(() -> {
                    try {
                        long from = sink.cursor().orElseThrow().position();
                        return from == until
                                || sink.deliver(events(from, until)) instanceof Delivered;
                    } catch (ConnectorException away) {
                        return false;
                    }
                });
    }
}
