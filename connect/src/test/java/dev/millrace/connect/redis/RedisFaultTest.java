package dev.millrace.connect.redis;

import static dev.millrace.connect.sink.Host.cursorOf;
import static dev.millrace.connect.sink.Host.deliver;
import static dev.millrace.connect.sink.Items.OWNER;
import static dev.millrace.connect.sink.Items.batch;
import static dev.millrace.connect.sink.Items.event;
import static dev.millrace.connect.sink.Items.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.testing.net.TcpProxy;
import dev.millrace.testing.server.Seed;

import io.lettuce.core.Range;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Redis and the network before it are ill: nothing is lost, nothing is there twice. */
class RedisFaultTest {
    /** Short, where a test waits for it. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    private static final Delivery DELIVERED = new Delivery.Delivered();

    private static Redis redis;
    private TcpProxy proxy;

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
        proxy = TcpProxy.to(redis.port());
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    private CursorSink throughProxy(Duration timeout) throws ConnectorException {
        return redis.sink(Map.of("url", Redis.url(proxy.port())), timeout);
    }

    private static String reason(Delivery delivery) {
        assertThat(delivery).isInstanceOf(Delivery.RetryLater.class);
        return ((Delivery.RetryLater) delivery).reason();
    }

    private static void assertFails(String url, boolean mayPass, String... parts) {
        assertFails(url, Redis.TIMEOUT, mayPass, parts);
    }

    private static void assertFails(
            String url, Duration timeout, boolean mayPass, String... parts) {
        assertThatThrownBy(() -> redis.sink(Map.of("url", url), timeout))
                .isInstanceOfSatisfying(
                        ConnectorException.class,
                        failed -> {
                            assertThat(failed.reason()).contains(parts).doesNotContain("s3cret");
                            assertThat(failed.mayPass()).isEqualTo(mayPass);
                        });
    }

    @Test
    void aHostThatIsNotKnownIsNamed() {
        assertFails("redis://:s3cret@nowhere.invalid:6379", true, "nowhere.invalid", "not known");
    }

    @Test
    void aPortOnWhichNobodyListensIsNamed() {
        assertFails("redis://127.0.0.1:1", true, "127.0.0.1:1", "refused");
    }

    @Test
    void aWrongPasswordIsToldWithoutIt() {
        redis.ask().configSet("requirepass", "right");
        try {
            assertFails(
                    "redis://:s3cret@127.0.0.1:" + redis.port(),
                    false,
                    "127.0.0.1:" + redis.port(),
                    "does not accept the password");
            assertFails(Redis.url(redis.port()), false, "does not accept the password");
        } finally {
            redis.ask().configSet("requirepass", "");
        }
    }

    @Test
    void aServerThatAcceptsAndNeverAnswersIsGivenUp() {
        proxy.blackhole();

        assertFails(Redis.url(proxy.port()), SHORT, true, "127.0.0.1:" + proxy.port(), "in time");
    }

    @Test
    void aServerThatFallsSilentGetsTheBatchWhenItIsBack() throws Exception {
        // Tried until it succeeds, as a busy machine may be too slow for so little patience.
        try (CursorSink sink =
                await().ignoreExceptionsInstanceOf(ConnectorException.class)
                        .until(() -> throughProxy(SHORT), Objects::nonNull)) {
            proxy.blackhole();
            assertThat(reason(sink.deliver(rows(100)))).contains("did not answer in time");

            proxy.cut();
            proxy.heal();
            assertThat(cursorOf(sink)).isEqualTo(new SinkCursor(OWNER, 0));
            deliver(sink, rows(100));
            assertThat(redis.hash("s", "/page/99")).containsEntry("views", "99");
        }
    }

    @Test
    void aServerWithoutMemoryTakesNothingAndIsNamed() throws Exception {
        try (CursorSink sink = throughProxy(Redis.TIMEOUT)) {
            redis.ask().configSet("maxmemory", "1");
            try {
                for (SinkBatch batch : List.of(rows(100), batch(event(0, "{}")))) {
                    assertThat(reason(sink.deliver(batch)))
                            .contains("127.0.0.1:" + proxy.port(), "out of memory", "OOM");
                }
            } finally {
                redis.ask().configSet("maxmemory", "0");
            }
            assertThat(sink.cursor()).contains(new SinkCursor(OWNER, 0));
            assertThat(redis.hash("s", "/page/0")).isEmpty();
            assertThat(sink.deliver(rows(100))).isEqualTo(DELIVERED);
        }
    }

    @Test
    void aReadOnlyReplicaIsNamed() throws Exception {
        try (CursorSink sink = throughProxy(Redis.TIMEOUT)) {
            // Nobody listens there, so it keeps what it has.
            redis.ask().replicaof("127.0.0.1", 1);
            try {
                assertThat(reason(sink.deliver(rows(1)))).contains("read-only replica", "READONLY");
            } finally {
                redis.ask().replicaofNoOne();
            }
        }
    }

    @Test
    void aServerWithoutItsReplicasIsNamed() throws Exception {
        try (CursorSink sink = throughProxy(Redis.TIMEOUT)) {
            redis.ask().configSet("min-replicas-to-write", "1");
            try {
                assertThat(reason(sink.deliver(rows(1)))).contains("NOREPLICAS");
            } finally {
                redis.ask().configSet("min-replicas-to-write", "0");
            }
            assertThat(sink.deliver(rows(1))).isEqualTo(DELIVERED);
        }
    }

    @Test
    void aNetworkThatBreaksAtRandomLosesNothingAndDoublesNothing() throws Exception {
        Random random = new Random(Seed.print("RedisFaultTest"));
        List<String> expected = new ArrayList<>();
        int broken = 0;
        try (CursorSink sink = throughProxy(Redis.TIMEOUT)) {
            long position = 0;
            for (int i = 0; i < 100; i++) {
                List<SinkItem> items = new ArrayList<>();
                int size = 1 + random.nextInt(300);
                for (int at = 0; at < size; at++) {
                    String json = "{\"id\":\"e%d\"}".formatted(position + at);
                    items.add(event(position + at, json));
                    expected.add(json);
                }
                SinkBatch batch = batch(items);
                if (random.nextInt(3) > 0) {
                    proxy.cutAfter(random.nextInt(110 * size + 400));
                }
                broken += deliver(sink, batch);
                position = batch.to();
                proxy.heal();
            }
        }
        assertThat(broken).isPositive();
        assertThat(
                        redis.ask().xrange("millrace:web:events", Range.unbounded()).stream()
                                .map(message -> message.getBody().get("event")))
                .containsExactlyElementsOf(expected);
    }
}
