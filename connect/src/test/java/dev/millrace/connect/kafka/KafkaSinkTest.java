package dev.millrace.connect.kafka;

import static dev.millrace.connect.Batches.OWNER;
import static dev.millrace.connect.Batches.at;
import static dev.millrace.connect.Batches.batch;
import static dev.millrace.connect.Batches.event;
import static dev.millrace.connect.Batches.eventTexts;
import static dev.millrace.connect.Batches.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connect.Batches;
import dev.millrace.core.aggregate.Row;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.Delivery.CursorMoved;
import dev.millrace.core.connector.Delivery.Delivered;
import dev.millrace.core.connector.Delivery.ItemsRefused;
import dev.millrace.core.connector.Delivery.RefusedItem;
import dev.millrace.core.connector.Delivery.RetryLater;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.testing.kafka.Broker;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Against a broker that would make topics by itself. */
class KafkaSinkTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Where a test waits for it, and has something answered in it too. */
    private static final Duration SHORTER = Duration.ofSeconds(30);

    /** Where nothing is answered. */
    private static final Duration SHORT = Duration.ofSeconds(4);

    private static final Delivery DELIVERED = new Delivered();

    @TempDir static Path folder;
    private static Broker broker;
    private static Topics topics;

    private String topic;
    private final List<CursorSink> opened = new ArrayList<>();

    @BeforeAll
    static void startBroker() throws Exception {
        broker =
                Broker.start(folder, Optional.empty(), Map.of("auto.create.topics.enable", "true"));
        topics = new Topics(broker);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void createTopic(TestInfo test) throws Exception {
        topic = test.getTestMethod().orElseThrow().getName();
        broker.createTopic(topic, 1);
    }

    @AfterEach
    void close() {
        opened.forEach(CursorSink::close);
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap", broker.address());
        settings.put("topic", topic);
        return settings;
    }

    private CursorSink open(Map<String, Object> settings, String owner, Duration timeout)
            throws ConnectorException {
        SinkContext context = Batches.context("kafka", settings, timeout);
        SinkContext owned =
                new SinkContext(
                        context.pipeline(), owner, context.definition(), context.shapes(), timeout);
        CursorSink sink =
                (CursorSink) new KafkaSinks(name -> Optional.of("value of " + name)).open(owned);
        opened.add(sink);
        return sink;
    }

    private CursorSink open() throws ConnectorException {
        return open(settings(), OWNER, TIMEOUT);
    }

    private CursorSink started() throws ConnectorException {
        CursorSink sink = open();
        assertThat(sink.cursor()).isEmpty();
        sink.reset(at(0));
        return sink;
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "null" : new String(bytes, UTF_8);
    }

    private static void assertLater(Delivery delivery, String... parts) {
        assertThat(delivery).isInstanceOf(RetryLater.class);
        assertThat(((RetryLater) delivery).reason()).contains(parts);
    }

    @Test
    void aBatchBecomesMessagesUnderTheKeysOfItsEvents() throws Exception {
        assertThat(started().deliver(events(0, 3))).isEqualTo(DELIVERED);

        List<ConsumerRecord<byte[], byte[]>> found = topics.read(topic);
        assertThat(found).extracting(one -> text(one.value())).isEqualTo(eventTexts(0, 3));
        assertThat(found).extracting(one -> text(one.key())).containsExactly("e0", "e1", "e2");
    }

    @Test
    void theKeyOfEventsMayBeAnyField() throws Exception {
        Map<String, Object> settings = settings();
        settings.put("key", "data.user");
        CursorSink sink = open(settings, OWNER, TIMEOUT);
        sink.reset(at(0));
        List<SinkItem> items = new ArrayList<>();
        for (String user : List.of("\"u1\"", "17", "null", "{\"a\":1}")) {
            String json = "{\"id\":\"e\",\"data\":{\"user\":%s}}".formatted(user);
            items.add(new SinkItem.EventItem(items.size(), json.getBytes(UTF_8)));
        }

        assertThat(sink.deliver(batch(0, 4, items))).isEqualTo(DELIVERED);

        assertThat(topics.read(topic))
                .extracting(one -> text(one.key()))
                .containsExactly("u1", "17", "null", "{\"a\":1}");
    }

    private static SinkItem row(
            long position, long windowStartMs, String source, boolean retracted) {
        Map<String, Object> group = new LinkedHashMap<>();
        group.put("source", source);
        return new SinkItem.RowItem(
                position,
                new Row(
                        "views",
                        windowStartMs,
                        windowStartMs + 60_000,
                        group,
                        Map.of("n", 1L),
                        position + 1,
                        false,
                        retracted));
    }

    @Test
    void rowsAreKnownByTheirIdentityAndRetractionsDeleteThem() throws Exception {
        String many = topic + "-many";
        broker.createTopic(many, 8);
        Map<String, Object> settings = settings();
        settings.put("topic", many);
        CursorSink sink = open(settings, OWNER, TIMEOUT);
        sink.reset(at(0));

        assertThat(
                        sink.deliver(
                                batch(
                                        0,
                                        4,
                                        List.of(
                                                row(0, 0, "a", false),
                                                row(1, 60_000, "a", false),
                                                row(2, 0, "b", false),
                                                row(3, 0, "a", true)))))
                .isEqualTo(DELIVERED);

        List<ConsumerRecord<byte[], byte[]>> ofA =
                topics.read(many).stream()
                        .filter(one -> text(one.key()).contains("\"a\""))
                        .toList();
        String first = "{\"aggregate\":\"views\",\"windowStart\":0,\"group\":{\"source\":\"a\"}}";
        assertThat(ofA)
                .extracting(one -> text(one.key()))
                .containsExactly(first, first.replace(":0,", ":60000,"), first);
        assertThat(ofA.getLast().value()).isNull();
        assertThat(ofA)
                .extracting(ConsumerRecord::partition)
                .containsOnly(ofA.getFirst().partition());
    }

    @Test
    void theNextProcessGoesOnFromTheCursor() throws Exception {
        CursorSink sink = started();
        Delivery _ = sink.deliver(events(0, 3));
        sink.close();

        CursorSink next = open();

        assertThat(next.cursor()).contains(at(3));
        assertThat(next.deliver(events(0, 3))).isInstanceOf(CursorMoved.class);
        assertThat(next.deliver(events(3, 5))).isEqualTo(DELIVERED);
        assertThat(topics.values(topic)).isEqualTo(eventTexts(0, 5));
    }

    @Test
    void aBatchWithoutItemsMovesTheCursor() throws Exception {
        CursorSink sink = started();

        assertThat(sink.deliver(batch(0, 7, List.of()))).isEqualTo(DELIVERED);

        assertThat(sink.cursor()).contains(at(7));
    }

    @Test
    void whatADeadProcessHadBegunIsNeverSeen() throws Exception {
        CursorSink sink = started();
        Delivery _ = sink.deliver(events(0, 2));
        sink.close();
        String id = "millrace.web.out." + topic;
        KafkaProducer<byte[], byte[]> dead = topics.producer(Map.of("transactional.id", id));
        dead.initTransactions();
        dead.beginTransaction();
        var _ = dead.send(new ProducerRecord<>(topic, event(2).getBytes(UTF_8)));
        var _ =
                dead.send(
                        new ProducerRecord<>(
                                "millrace-cursors",
                                0,
                                id.getBytes(UTF_8),
                                "{\"owner\":\"%s\",\"position\":3}"
                                        .formatted(OWNER)
                                        .getBytes(UTF_8)));
        dead.flush();

        CursorSink next = open();

        assertThat(next.cursor()).contains(at(2));
        assertThat(next.deliver(events(2, 4))).isEqualTo(DELIVERED);
        assertThat(topics.values(topic)).isEqualTo(eventTexts(0, 4));
        dead.close(Duration.ZERO);
    }

    @Test
    void aZombieWritesNothing() throws Exception {
        CursorSink zombie = started();
        CursorSink sink = open();
        assertThat(sink.cursor()).contains(at(0));

        assertThat(zombie.deliver(events(0, 2))).isInstanceOf(CursorMoved.class);
        assertThat(zombie.deliver(events(0, 2))).isInstanceOf(CursorMoved.class);
        assertThat(sink.deliver(events(0, 3))).isEqualTo(DELIVERED);

        assertThat(topics.values(topic)).isEqualTo(eventTexts(0, 3));
    }

    @Test
    void whoeverMustAskFirstFencesNobody() throws Exception {
        CursorSink sink = started();
        Delivery _ = sink.deliver(events(0, 2));

        CursorSink stranger = open(settings(), "d2/1", TIMEOUT);

        // It sees the cursor once the transaction's marks are written.
        await().untilAsserted(() -> assertThat(stranger.cursor()).contains(at(2)));
        assertThat(sink.deliver(events(2, 3))).isEqualTo(DELIVERED);
        stranger.reset(new SinkCursor("d2/1", 0));
        assertThat(sink.deliver(events(3, 4))).isInstanceOf(CursorMoved.class);
        assertThat(sink.cursor()).contains(new SinkCursor("d2/1", 0));
    }

    /** Whoever crashes, hangs and comes back: each item is there once. */
    @Test
    void everyItemComesOnceWhoeverDeliversIt() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int items = 200;
        List<CursorSink> processes = new ArrayList<>(List.of(started()));
        long[] cursors = new long[40];
        int steps = 0;
        long end = 0;
        while (end < items) {
            steps++;
            if (random.nextInt(12) == 0 && processes.size() < cursors.length) {
                processes.add(open());
                cursors[processes.size() - 1] = 0;
            }
            int who = Math.max(0, processes.size() - 1 - random.nextInt(3));
            CursorSink sink = processes.get(who);
            long from = cursors[who];
            long to = Math.min(items, from + 1 + random.nextInt(20));
            switch (from == to ? new CursorMoved() : sink.deliver(events(from, to))) {
                case Delivered _ -> cursors[who] = to;
                default -> cursors[who] = sink.cursor().orElseThrow().position();
            }
            end = Math.max(end, cursors[who]);
        }

        assertThat(topics.values(topic))
                .as("seed %d, %d steps", seed, steps)
                .isEqualTo(eventTexts(0, items));
    }

    @Test
    void sinksShareATopicForTheirCursors() throws Exception {
        String other = topic + "-other";
        broker.createTopic(other, 1);
        Map<String, Object> settings = settings();
        settings.put("topic", other);
        CursorSink one = started();
        CursorSink two = open(settings, OWNER, TIMEOUT);
        two.reset(at(100));
        for (int i = 0; i < 20; i++) {
            assertThat(one.deliver(events(i, i + 1))).isEqualTo(DELIVERED);
            assertThat(two.deliver(events(100 + i, 101 + i))).isEqualTo(DELIVERED);
        }

        assertThat(one.cursor()).contains(at(20));
        assertThat(two.cursor()).contains(at(120));
    }

    @Test
    void aTopicThatIsNotThereIsNamedAndNotMade() throws Exception {
        Map<String, Object> settings = settings();
        settings.put("topic", "no-such-topic");

        assertThatThrownBy(() -> open(settings, OWNER, TIMEOUT))
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("has no topic no-such-topic; create it");

        assertThat(topicNames()).doesNotContain("no-such-topic");
    }

    @Test
    void aTopicThatWentAwayIsNamedAndNotMade() throws Exception {
        CursorSink sink = started();
        Delivery _ = sink.deliver(events(0, 2));
        try (Admin admin = broker.admin()) {
            Void _ = admin.deleteTopics(List.of(topic)).all().get();
        }
        // The controller knows; the broker a moment later.
        await().until(() -> !topicNames().contains(topic));

        assertLater(sink.deliver(events(2, 3)), "has no topic " + topic);
        assertThat(topicNames()).doesNotContain(topic);
        broker.createTopic(topic, 1);
        assertThat(sink.cursor()).contains(at(2));
        assertThat(sink.deliver(events(2, 3))).isEqualTo(DELIVERED);
        assertThat(topics.values(topic)).isEqualTo(eventTexts(2, 3));
    }

    private static Set<String> topicNames() throws Exception {
        try (Admin admin = broker.admin()) {
            return new HashSet<>(admin.listTopics().names().get());
        }
    }

    private static SinkItem large(long position, int bytes) {
        String json = "{\"id\":\"large\",\"data\":\"%s\"}".formatted("x".repeat(bytes));
        return new SinkItem.EventItem(position, json.getBytes(UTF_8));
    }

    @Test
    void whatIsTooLargeForTheClientIsRefusedAlone() throws Exception {
        CursorSink sink = started();
        SinkItem small = events(0, 1).items().getFirst();

        Delivery delivery = sink.deliver(batch(0, 2, List.of(small, large(1, 2 << 20))));

        assertTooLarge(delivery);
        assertThat(topics.values(topic)).isEmpty();
        assertThat(sink.deliver(batch(0, 2, List.of(small)))).isEqualTo(DELIVERED);
        assertThat(topics.values(topic)).isEqualTo(eventTexts(0, 1));
    }

    @Test
    void whatIsTooLargeForTheTopicIsRefusedAlone() throws Exception {
        String narrow = topic + "-narrow";
        broker.createTopic(narrow, 1, Map.of("max.message.bytes", "2000"));
        Map<String, Object> settings = settings();
        settings.put("topic", narrow);
        CursorSink sink = open(settings, OWNER, TIMEOUT);
        sink.reset(at(0));
        SinkItem small = events(0, 1).items().getFirst();

        Delivery delivery = sink.deliver(batch(0, 2, List.of(small, large(1, 5_000))));

        assertTooLarge(delivery);
        assertThat(topics.values(narrow)).isEmpty();
        assertThat(sink.deliver(batch(0, 2, List.of(small)))).isEqualTo(DELIVERED);
        assertThat(topics.values(narrow)).isEqualTo(eventTexts(0, 1));
    }

    private static void assertTooLarge(Delivery delivery) {
        assertThat(delivery).isInstanceOf(ItemsRefused.class);
        assertThat(((ItemsRefused) delivery).items())
                .hasSize(1)
                .allSatisfy(item -> {
                    assertThat(item.position()).isEqualTo(1);
                    assertThat(item.code()).isEqualTo("kafka-too-large");
                    assertThat(item.reason()).contains("does not take it");
                })
                .extracting(RefusedItem::reason)
                .noneMatch(reason -> reason.contains("xxx"));
    }

    @Test
    void aBrokerThatIsAwayIsWaitedFor() throws Exception {
        CursorSink sink = open(settings(), OWNER, SHORTER);
        sink.reset(at(0));
        assertThat(sink.deliver(events(0, 2))).isEqualTo(DELIVERED);

        broker.pause();
        try {
            assertLater(
                    sink.deliver(events(2, 4)),
                    "Kafka at " + broker.address() + " cannot be reached");
            assertThatThrownBy(sink::cursor)
                    .isInstanceOf(ConnectorException.class)
                    .hasMessageContaining("cannot be reached");
            assertThatThrownBy(() -> open(settings(), OWNER, SHORT))
                    .isInstanceOf(ConnectorException.class)
                    .hasMessageContaining("cannot be reached");
        } finally {
            broker.resume();
        }

        CursorSink patient = open();
        assertThat(patient.cursor()).contains(at(2));
        assertThat(patient.deliver(events(2, 4))).isEqualTo(DELIVERED);
        assertThat(topics.values(topic)).isEqualTo(eventTexts(0, 4));
    }

    @Test
    void aCallThatIsInterruptedEnds() throws Exception {
        CursorSink sink = started();
        broker.pause();
        CompletableFuture<Delivery> delivery = new CompletableFuture<>();
        try {
            Thread caller =
                    Thread.ofVirtual().start(() -> delivery.complete(sink.deliver(events(0, 1))));
            caller.interrupt();

            assertLater(delivery.get(), "cannot be reached, or did not answer in time");
        } finally {
            broker.resume();
        }
    }

    @Test
    void aServerThatAcceptsAndNeverAnswersIsNamed() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + silent.getLocalPort();
            Map<String, Object> settings = settings();
            settings.put("bootstrap", address);

            assertThatThrownBy(() -> open(settings, OWNER, SHORT))
                    .isInstanceOf(ConnectorException.class)
                    .hasMessageContaining("Kafka at " + address + " cannot be reached");
        }
    }

    @Test
    void aHostThatIsNoneIsNamed() {
        Map<String, Object> settings = settings();
        settings.put("bootstrap", "nowhere.invalid:9092");

        assertThatThrownBy(() -> open(settings, OWNER, SHORT))
                .isInstanceOf(ConnectorException.class)
                .hasMessage(
                        "Kafka at nowhere.invalid:9092 cannot be reached: no host of bootstrap has an address");
    }

    @Test
    void aWrongPasswordIsSaidAndNotShown(@TempDir Path other) throws Exception {
        String login =
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"%s\" user_u=\"right\";";
        try (Broker guarded =
                Broker.start(
                        other,
                        Optional.empty(),
                        Map.of(
                                "listener.security.protocol.map",
                                "CLIENT:SASL_PLAINTEXT,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT",
                                "listener.name.client.sasl.enabled.mechanisms",
                                "PLAIN",
                                "listener.name.client.plain.sasl.jaas.config",
                                login.formatted("right")))) {
            Map<String, Object> settings = settings();
            settings.put("bootstrap", guarded.address());
            settings.put("properties", login(login.formatted("wr0ng")));

            assertThatThrownBy(() -> open(settings, OWNER, TIMEOUT))
                    .isInstanceOf(ConnectorException.class)
                    .hasMessageContaining("Kafka at " + guarded.address() + " refused the login")
                    .hasMessageNotContaining("wr0ng");
            // With the right one, the topic is what is missing.
            settings.put("properties", login(login.formatted("right")));
            assertThatThrownBy(() -> open(settings, OWNER, TIMEOUT))
                    .hasMessageContaining("has no topic " + topic);
        }
    }

    private static Map<String, String> login(String jaas) {
        return Map.of(
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", jaas);
    }

    @Test
    void aTopicThatForgetsCursorsIsNotTaken() throws Exception {
        broker.createTopic("forgetful", 1);
        Map<String, Object> settings = settings();
        settings.put("cursorTopic", "forgetful");

        assertThatThrownBy(() -> open(settings, OWNER, TIMEOUT))
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("the topic forgetful has not cleanup.policy=compact");
    }

    private Optional<String> problem(String name, Object value) {
        Map<String, Object> settings = settings();
        settings.put(name, value);
        return new KafkaSinks(_ -> Optional.empty())
                .problem(Batches.context("kafka", settings, TIMEOUT));
    }

    @Test
    void whatCannotBeIsSaidWhenThePipelineIsPut() {
        assertThat(problem("topic", "fine")).isEmpty();
        assertThat(problem("topic", "not fine")).get().asString().contains("is no name of a topic");
        assertThat(problem("topic", "${NOT_SET}")).get().asString().contains("NOT_SET is not set");
        assertThat(problem("bootstrap", "http://broker")).get().asString().contains("broker1:9092");
        assertThat(problem("cursorTopic", topic)).get().asString().contains("must differ");
        assertThat(problem("properties", Map.of("transactional.id", "mine")))
                .get()
                .asString()
                .contains("'transactional.id' cannot be set");
    }

    @Test
    void aPropertyThatKafkaDoesNotTakeIsNamedWithoutItsValue() {
        Map<String, Object> settings = settings();
        settings.put("properties", Map.of("security.protocol", "s3cret"));

        assertThatThrownBy(() -> open(settings, OWNER, TIMEOUT))
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("security.protocol")
                .hasMessageNotContaining("s3cret");
    }
}
