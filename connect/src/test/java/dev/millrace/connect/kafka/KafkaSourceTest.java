package dev.millrace.connect.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Source;
import dev.millrace.core.connector.SourceBatch;
import dev.millrace.core.connector.SourceContext;
import dev.millrace.core.pipeline.Settings;
import dev.millrace.core.pipeline.SourceDefinition;
import dev.millrace.testing.kafka.Broker;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

class KafkaSourceTest {
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Where a test waits for it, and has something answered in it too. */
    private static final Duration SHORTER = Duration.ofSeconds(30);

    @TempDir static Path folder;
    private static Broker broker;
    private static Topics topics;

    private String topic;
    private final List<Source> opened = new ArrayList<>();

    @BeforeAll
    static void startBroker() throws Exception {
        broker = Broker.start(folder);
        topics = new Topics(broker);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void createTopic(TestInfo test) throws Exception {
        topic = test.getTestMethod().orElseThrow().getName();
        broker.createTopic(topic, 2);
        await().ignoreExceptions().until(() -> topics.values(topic).isEmpty());
    }

    @AfterEach
    void close() {
        opened.forEach(Source::close);
    }

    private SourceContext context(Map<String, Object> further, Duration timeout) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap", broker.address());
        settings.put("topic", topic);
        settings.put("group", topic);
        settings.putAll(further);
        return new SourceContext(
                "web",
                "d1/7",
                new SourceDefinition("in", "kafka", new Settings(settings)),
                1_000,
                timeout);
    }

    private Source open(SourceContext context) throws ConnectorException {
        Source source = new KafkaSources(_ -> Optional.empty()).open(context);
        opened.add(source);
        return source;
    }

    private Source open() throws ConnectorException {
        return open(context(Map.of(), TIMEOUT));
    }

    private static List<String> messages(int from, int to) {
        return IntStream.range(from, to).mapToObj("{\"id\":\"e%d\"}"::formatted).toList();
    }

    private static List<String> texts(SourceBatch batch) {
        return batch.messages().stream().map(message -> new String(message, UTF_8)).toList();
    }

    /** Reads until so many are there; acknowledges each batch or none. */
    private static List<String> read(Source source, int count, boolean acknowledged) {
        List<String> found = new ArrayList<>();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> {
                    SourceBatch batch = source.read(WAIT);
                    found.addAll(texts(batch));
                    if (acknowledged) {
                        batch.acknowledge();
                    }
                    return found.size() >= count;
                });
        return found;
    }

    @Test
    void whatWasAcknowledgedDoesNotComeAgain() throws Exception {
        topics.write(topic, messages(0, 50));
        Source source = open();
        assertThat(read(source, 50, true)).containsExactlyInAnyOrderElementsOf(messages(0, 50));
        source.close();
        topics.write(topic, messages(50, 60));

        assertThat(read(open(), 10, true)).containsExactlyInAnyOrderElementsOf(messages(50, 60));
    }

    @Test
    void whatWasNotAcknowledgedComesAgain() throws Exception {
        topics.write(topic, messages(0, 50));
        Source source = open();
        assertThat(read(source, 50, false)).hasSize(50);
        source.close();

        assertThat(read(open(), 50, true)).containsExactlyInAnyOrderElementsOf(messages(0, 50));
    }

    @Test
    void batchesAreBounded() throws Exception {
        topics.write(topic, messages(0, 5_000));
        Source source = open();
        List<Integer> sizes = new ArrayList<>();

        await().atMost(Duration.ofSeconds(60))
                .until(() -> {
                    SourceBatch batch = source.read(WAIT);
                    sizes.add(batch.messages().size());
                    batch.acknowledge();
                    return sizes.stream().mapToInt(Integer::intValue).sum() == 5_000;
                });

        assertThat(sizes).allMatch(size -> size <= 1_000);
    }

    @Test
    void whatIsNoJsonComesAsItIsAndWhatHasNoValueDoesNot() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = topics.producer(Map.of())) {
            var _ = producer.send(new ProducerRecord<>(topic, 0, null, "{\"id".getBytes(UTF_8)));
            var _ = producer.send(new ProducerRecord<>(topic, 0, new byte[] {1}, null));
            var _ = producer.send(new ProducerRecord<>(topic, 0, null, "{}".getBytes(UTF_8)));
        }
        Source source = open();

        assertThat(read(source, 2, true)).containsExactly("{\"id", "{}");
        source.close();
        topics.write(topic, messages(0, 1));
        assertThat(read(open(), 1, true)).isEqualTo(messages(0, 1));
    }

    @Test
    void whatWasNeverCommittedIsNotRead() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                topics.producer(Map.of("transactional.id", topic))) {
            producer.initTransactions();
            producer.beginTransaction();
            var _ = producer.send(new ProducerRecord<>(topic, "aborted".getBytes(UTF_8)));
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            var _ = producer.send(new ProducerRecord<>(topic, "{}".getBytes(UTF_8)));
            producer.commitTransaction();
        }

        assertThat(read(open(), 1, true)).containsExactly("{}");
    }

    @Test
    void aNewGroupCanBeginAtTheEnd() throws Exception {
        topics.write(topic, messages(0, 10));
        Source source = open(context(Map.of("from", "latest"), TIMEOUT));
        List<String> found = new ArrayList<>();
        int[] sent = {10};

        await().atMost(Duration.ofSeconds(60))
                .until(() -> {
                    topics.write(topic, messages(sent[0], ++sent[0]));
                    found.addAll(texts(source.read(WAIT)));
                    return !found.isEmpty();
                });

        assertThat(found).doesNotContainAnyElementsOf(messages(0, 10));
    }

    @Test
    void membersOfAGroupShareTheTopicAndLoseNothing() throws Exception {
        topics.write(topic, messages(0, 200));
        Set<String> acknowledged = new TreeSet<>();
        List<Source> members = new ArrayList<>(List.of(open()));
        acknowledged.addAll(read(members.getFirst(), 1, true));

        members.add(open());
        topics.write(topic, messages(200, 400));
        Set<Source> delivered = Collections.newSetFromMap(new IdentityHashMap<>());
        int[] next = {400};
        await().atMost(Duration.ofSeconds(60))
                .until(() -> {
                    topics.write(topic, messages(next[0], ++next[0]));
                    for (int i = 0; i < members.size(); i++) {
                        SourceBatch batch = members.get(i).read(WAIT);
                        try {
                            batch.acknowledge();
                            acknowledged.addAll(texts(batch));
                            if (!batch.messages().isEmpty()) {
                                delivered.add(members.get(i));
                            }
                        } catch (ConnectorException moved) {
                            // As the engine does.
                            members.get(i).close();
                            members.set(i, open());
                        }
                    }
                    return delivered.containsAll(members)
                            && acknowledged.containsAll(messages(0, next[0]));
                });
    }

    @Test
    void whoWasPutOutOfTheGroupIsToldThatMessagesComeAgain() throws Exception {
        topics.write(topic, messages(0, 20));
        Source source = open();
        SourceBatch[] last = new SourceBatch[1];
        await().atMost(Duration.ofSeconds(60))
                .until(() -> {
                    last[0] = source.read(WAIT);
                    return !last[0].messages().isEmpty();
                });
        try (Admin admin = broker.admin()) {
            Void _ =
                    admin.removeMembersFromConsumerGroup(
                                    topic, new RemoveMembersFromConsumerGroupOptions())
                            .all()
                            .get();
        }

        assertThatThrownBy(last[0]::acknowledge)
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("what was read comes again");
        source.close();
        assertThat(read(open(), 20, true)).containsExactlyInAnyOrderElementsOf(messages(0, 20));
    }

    @Test
    void aTopicThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> open(context(Map.of("topic", "no-such-topic"), TIMEOUT)))
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("has no topic no-such-topic; create it");
    }

    @Test
    void aBrokerThatIsAwayIsSaidAndNothingIsLost() throws Exception {
        topics.write(topic, messages(0, 5));
        Source source = open(context(Map.of(), SHORTER));
        assertThat(read(source, 5, true)).hasSize(5);

        broker.pause();
        try {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() ->
                            assertThatThrownBy(() -> source.read(WAIT))
                                    .isInstanceOf(ConnectorException.class)
                                    .hasMessageContaining("Kafka at " + broker.address())
                                    .hasMessageContaining("cannot be reached"));
        } finally {
            broker.resume();
        }
        source.close();

        topics.write(topic, messages(5, 10));
        assertThat(read(open(), 5, true)).containsExactlyInAnyOrderElementsOf(messages(5, 10));
    }
}
