package dev.millrace.connect.redis;

import static dev.millrace.connect.sink.Items.MINUTE;
import static dev.millrace.connect.sink.Items.OWNER;
import static dev.millrace.connect.sink.Items.alert;
import static dev.millrace.connect.sink.Items.batch;
import static dev.millrace.connect.sink.Items.event;
import static dev.millrace.connect.sink.Items.item;
import static dev.millrace.connect.sink.Items.members;
import static dev.millrace.connect.sink.Items.retracted;
import static dev.millrace.connect.sink.Items.row;
import static dev.millrace.connect.sink.Items.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.RowShape.ValueField;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.connector.SinkItem;

import io.lettuce.core.Range;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What stands in Redis. */
class RedisSinkTest {
    private static final Delivery DELIVERED = new Delivery.Delivered();
    private static final Delivery MOVED = new Delivery.CursorMoved();

    private static Redis redis;

    @BeforeAll
    static void start(@TempDir Path folder) {
        redis = Redis.start(folder);
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void clear() {
        redis.ask().flushall();
    }

    /** A session of group {@code /a}. */
    private static Row session(long start, long end, long views, long revision, boolean retracted) {
        return new Row(
                "views",
                start,
                end,
                members("source", "s", "data.path", "/a"),
                retracted ? Map.of() : members("views", views),
                revision,
                false,
                retracted);
    }

    @Test
    void theNewestRowOfAGroupIsAHashThatExpires() throws Exception {
        try (CursorSink sink =
                redis.sink(Map.of("url", Redis.url(redis.port()), "ttl", "10m"), Redis.TIMEOUT)) {
            assertThat(sink.deliver(batch(item(0, row(MINUTE, "/a", 5, 7))))).isEqualTo(DELIVERED);

            assertThat(redis.hash("s", "/a"))
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of(
                                    "windowStart", "60000",
                                    "windowEnd", "120000",
                                    "views", "5",
                                    "revision", "7",
                                    "final", "false"));
            assertThat(redis.ask().pttl(Redis.key("s", "/a"))).isBetween(1L, 600_000L);
            assertThat(redis.ask().exists("millrace:web:views:[\"s\",\"/a\"]")).isEqualTo(1);
        }
    }

    @Test
    void anOlderRowDoesNotTakeTheNewersPlace() throws Exception {
        try (CursorSink sink = redis.sink()) {
            sink.deliver(batch(item(0, row(MINUTE, "/a", 5, 7)), item(1, row(0, "/b", 5, 7))));
            sink.deliver(
                    batch(
                            item(2, row(0, "/a", 99, 9)),
                            item(3, row(0, "/b", 99, 6)),
                            item(4, row(MINUTE, "/c", 1, 9)),
                            item(5, row(0, "/c", 99, 9))));

            assertThat(redis.hash("s", "/a")).containsEntry("views", "5");
            assertThat(redis.hash("s", "/b")).containsEntry("views", "5");
            assertThat(redis.hash("s", "/c")).containsEntry("views", "1");

            sink.deliver(
                    batch(item(6, row(MINUTE, "/a", 6, 8)), item(7, row(2 * MINUTE, "/b", 1, 8))));
            assertThat(redis.hash("s", "/a")).containsEntry("views", "6");
            assertThat(redis.hash("s", "/b")).containsEntry("views", "1");
        }
    }

    @Test
    void nothingOfTheRowBeforeRemains() throws Exception {
        try (CursorSink sink = redis.sink()) {
            Map<String, Object> both = members("views", 5L, "bytes", 1.5);
            sink.deliver(batch(item(0, row(0, "/a", both, 1, false))));
            assertThat(redis.hash("s", "/a")).containsEntry("bytes", "1.5");

            sink.deliver(
                    batch(item(1, row(0, "/a", members("views", 6L, "bytes", null), 2, false))));
            assertThat(redis.hash("s", "/a"))
                    .containsEntry("views", "6")
                    .doesNotContainKey("bytes");

            sink.deliver(batch(item(2, row(0, "/a", both, 3, false))));
            sink.deliver(batch(item(3, row(MINUTE, "/a", members("views", 1L), 4, false))));
            assertThat(redis.hash("s", "/a"))
                    .containsEntry("views", "1")
                    .doesNotContainKey("bytes");
        }
    }

    @Test
    void whateverElseStandsUnderTheKeyIsReplaced() throws Exception {
        redis.ask().set(Redis.key("s", "/a"), "a text");
        redis.ask().hset(Redis.key("s", "/b"), "windowStart", "no number");
        try (CursorSink sink = redis.sink()) {
            assertThat(
                            sink.deliver(
                                    batch(
                                            item(0, row(0, "/a", 5, 7)),
                                            item(1, row(0, "/b", 6, 7)))))
                    .isEqualTo(DELIVERED);
            assertThat(redis.hash("s", "/a")).containsEntry("views", "5");
            assertThat(redis.hash("s", "/b")).containsEntry("views", "6");
        }
    }

    @Test
    void aSessionThatSwallowsAnotherStandsInWhateverOrderTheyCome() throws Exception {
        SinkItem merged = item(2, session(0, 200, 8, 7, false));
        SinkItem gone = item(3, session(100, 200, 0, 7, true));
        for (List<SinkItem> order : List.of(List.of(merged, gone), List.of(gone, merged))) {
            for (boolean together : new boolean[] {true, false}) {
                redis.ask().flushall();
                try (CursorSink sink = redis.sink()) {
                    sink.deliver(
                            batch(
                                    item(0, session(0, 90, 3, 5, false)),
                                    item(1, session(100, 200, 5, 6, false))));
                    SinkItem first = at(2, order.get(0));
                    SinkItem second = at(3, order.get(1));
                    if (together) {
                        sink.deliver(batch(first, second));
                    } else {
                        sink.deliver(batch(first));
                        sink.deliver(batch(second));
                    }
                    assertThat(redis.hash("s", "/a"))
                            .containsEntry("windowStart", "0")
                            .containsEntry("views", "8");
                }
            }
        }
    }

    private static SinkItem at(long position, SinkItem item) {
        return item(position, ((SinkItem.RowItem) item).row());
    }

    @Test
    void aRowThatIsRetractedGoesUnlessItIsNewer() throws Exception {
        try (CursorSink sink = redis.sink()) {
            sink.deliver(batch(item(0, row(0, "/a", 5, 7)), item(1, row(0, "/b", 5, 9))));
            sink.deliver(batch(item(2, retracted(0, "/a", 8)), item(3, retracted(0, "/b", 8))));

            assertThat(redis.hash("s", "/a")).isEmpty();
            assertThat(redis.hash("s", "/b")).containsEntry("views", "5");
        }
    }

    @Test
    void groupsStayApartWhateverTheyAre() throws Exception {
        List<Object> paths =
                Arrays.asList(
                        null, "", "null", "5", 5L, 5.5, true, "true", "a\"b", "a\nb\0", "é😀");
        try (CursorSink sink = redis.sink()) {
            List<SinkItem> items = new ArrayList<>();
            for (Object path : paths) {
                items.add(item(items.size(), row(0, path, items.size(), 1)));
            }
            assertThat(sink.deliver(batch(items))).isEqualTo(DELIVERED);
            for (int i = 0; i < paths.size(); i++) {
                assertThat(redis.hash("s", paths.get(i)))
                        .containsEntry("views", Integer.toString(i));
            }
        }
    }

    @Test
    void changedRowsAndAlertsArePublished() throws Exception {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        try (CursorSink sink = redis.sink();
                StatefulRedisPubSubConnection<String, String> listener =
                        redis.client().connectPubSub()) {
            listener.addListener(
                    new RedisPubSubAdapter<>() {
                        @Override
                        public void message(String channel, String message) {
                            heard.add(channel + " " + message);
                        }
                    });
            listener.sync().subscribe("millrace:web:views", "millrace:web:alerts");
            sink.deliver(
                    batch(
                            item(0, row(0, "/a", 5, 7)),
                            alert(1, "a1", "open"),
                            item(2, retracted(0, "/b", 7))));

            await().until(() -> heard.size() == 3);
            assertThat(heard.get(0))
                    .startsWith("millrace:web:views {\"aggregate\":\"views\",\"windowStart\":0,")
                    .contains("\"values\":{\"views\":5}");
            assertThat(heard.get(1)).startsWith("millrace:web:alerts {\"id\":\"a1\"");
            assertThat(heard.get(2)).contains("\"retracted\":true");
        }
    }

    @Test
    void eventsAndAlertsGoToStreamsThatAreTrimmed() throws Exception {
        Map<String, Object> settings =
                Map.of("url", Redis.url(redis.port()), "stream", "clean", "maxLength", 1_000L);
        try (CursorSink sink = redis.sink(settings, Redis.TIMEOUT)) {
            List<SinkItem> items = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                items.add(event(i, "{\"id\":\"e%d\"}".formatted(i)));
            }
            items.add(alert(5_000, "a1", "open"));
            assertThat(sink.deliver(batch(items))).isEqualTo(DELIVERED);

            assertThat(redis.ask().xlen("clean")).isBetween(1_000L, 1_200L);
            assertThat(redis.ask().xrevrange("clean", Range.unbounded()).getFirst().getBody())
                    .isEqualTo(Map.of("event", "{\"id\":\"e4999\"}"));
            assertThat(
                            redis.ask()
                                    .xrange("millrace:web:alerts", Range.unbounded())
                                    .getFirst()
                                    .getBody())
                    .isEqualTo(Map.of("alert", "{\"id\":\"a1\",\"state\":\"open\"}"));
        }
    }

    @Test
    void aKeyThatIsNoStreamIsNamedAndTheCursorStays() throws Exception {
        redis.ask().set("millrace:web:events", "a text");
        try (CursorSink sink = redis.sink()) {
            SinkBatch batch = batch(item(0, row(0, "/a", 5, 7)), event(1, "{}"));

            assertThat(sink.deliver(batch))
                    .isInstanceOfSatisfying(
                            Delivery.RetryLater.class,
                            later ->
                                    assertThat(later.reason())
                                            .contains("string", "millrace:web:events"));
            assertThat(redis.hash("s", "/a")).isEmpty();
            assertThat(sink.cursor()).contains(new SinkCursor(OWNER, 0));

            redis.ask().del("millrace:web:events");
            assertThat(sink.deliver(batch)).isEqualTo(DELIVERED);
        }
    }

    @Test
    void whatIsDeliveredAgainIsNotWrittenAgain() throws Exception {
        try (CursorSink sink = redis.sink()) {
            assertThat(sink.deliver(rows(10))).isEqualTo(DELIVERED);
            redis.ask().del(Redis.key("s", "/page/0"));

            assertThat(sink.deliver(rows(10))).isEqualTo(MOVED);
            assertThat(redis.hash("s", "/page/0")).isEmpty();
            assertThat(sink.cursor()).contains(new SinkCursor(OWNER, 10));
        }
    }

    @Test
    void anotherOwnersCursorIsLeftAlone() throws Exception {
        try (CursorSink sink = redis.sink()) {
            sink.reset(new SinkCursor("d2/1", 0));

            assertThat(sink.deliver(rows(1))).isEqualTo(MOVED);
            assertThat(sink.cursor()).contains(new SinkCursor("d2/1", 0));
            assertThat(redis.hash("s", "/page/0")).isEmpty();
        }
    }

    @Test
    void aBatchWithoutItemsMovesTheCursor() throws Exception {
        try (CursorSink sink = redis.sink()) {
            assertThat(sink.deliver(batch(0, 5, List.of()))).isEqualTo(DELIVERED);
            assertThat(sink.cursor()).contains(new SinkCursor(OWNER, 5));
        }
    }

    @Test
    void ofTwoThatDeliverTheSameOneWrites() throws Exception {
        try (CursorSink one = redis.sink();
                CursorSink other = redis.sink();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                SinkBatch batch = batch(event(i, "{\"id\":\"e%d\"}".formatted(i)));
                Future<Delivery> first = threads.submit(() -> one.deliver(batch));
                Future<Delivery> second = threads.submit(() -> other.deliver(batch));

                assertThat(List.of(first.get(), second.get()))
                        .containsExactlyInAnyOrder(DELIVERED, MOVED);
            }
            assertThat(redis.ask().xlen("millrace:web:events")).isEqualTo(100);
        }
    }

    @Test
    void whatADefinitionCannotSayIsTold() {
        RowShape shape =
                new RowShape(
                        "views",
                        List.of(),
                        List.of(new ValueField("revision", RowShape.Type.INTEGER)));
        String url = Redis.url(redis.port());
        RedisSinks kind = new RedisSinks(new RedisClients(), _ -> Optional.empty());

        assertThat(
                        kind.problem(
                                Redis.context(
                                        List.of("views"),
                                        Map.of("url", url),
                                        List.of(shape),
                                        Redis.TIMEOUT)))
                .get()
                .asString()
                .contains("revision");
        for (String wrong : List.of("http://u:s3cret@h", "redis://", "no url", "${NOT_SET}")) {
            assertThat(
                            kind.problem(
                                    Redis.context(
                                            List.of("views"),
                                            Map.of("url", wrong),
                                            List.of(),
                                            Redis.TIMEOUT)))
                    .as(wrong)
                    .get()
                    .asString()
                    .doesNotContain("s3cret");
        }
        assertThat(
                        kind.problem(
                                Redis.context(
                                        List.of("views"),
                                        Map.of("url", url, "stream", "s"),
                                        List.of(),
                                        Redis.TIMEOUT)))
                .get()
                .asString()
                .contains("events");
        assertThat(RedisLink.tooOld("redis_version:5.0.14\r\n"))
                .get()
                .asString()
                .contains("5.0.14");
        assertThat(RedisLink.tooOld("redis_version:7.2.4\r\nserver_name:valkey")).isEmpty();
    }
}
