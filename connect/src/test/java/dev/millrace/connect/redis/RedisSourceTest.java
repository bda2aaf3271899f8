package dev.millrace.connect.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Source;
import dev.millrace.core.connector.SourceBatch;
import dev.millrace.testing.net.TcpProxy;

import org.junit.jupiter.api.AfterAll;
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
import java.util.stream.IntStream;

/** A stream that is read as one consumer of a group. */
class RedisSourceTest {
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final String GROUP = "millrace-web-in";

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

    private static Source open() throws ConnectorException {
        return open("d1/1", Map.of());
    }

    private static Source open(String owner, Map<String, Object> more) throws ConnectorException {
        return redis.source(Redis.url(redis.port()), owner, more, 1_000);
    }

    private static void send(int from, int to) {
        IntStream.range(from, to)
                .forEach(i -> redis.ask().xadd("clicks", Map.of("event", "e" + i)));
    }

    private static List<String> texts(SourceBatch batch) {
        return batch.messages().stream().map(message -> new String(message, UTF_8)).toList();
    }

    private static List<String> events(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "e" + i).toList();
    }

    private static long pending() {
        return redis.ask().xpending("clicks", GROUP).getCount();
    }

    @Test
    void messagesComeInOrderAndOnceTheyAreAcknowledged() throws Exception {
        send(0, 5);
        try (Source source = open()) {
            SourceBatch first = source.read(AT_ONCE);
            assertThat(texts(first)).isEqualTo(events(0, 5));
            assertThat(pending()).isEqualTo(5);
            first.acknowledge();
            assertThat(pending()).isZero();

            assertThat(source.read(AT_ONCE).messages()).isEmpty();
            send(5, 7);
            assertThat(texts(source.read(AT_ONCE))).isEqualTo(events(5, 7));
        }
    }

    @Test
    void whatWasNotAcknowledgedComesAgainAfterARestart() throws Exception {
        send(0, 250);
        try (Source source = open()) {
            assertThat(source.read(AT_ONCE).messages()).hasSize(250);
        }
        send(250, 260);
        List<String> again = new ArrayList<>();
        try (Source source = open()) {
            for (SourceBatch batch = source.read(AT_ONCE);
                    !batch.messages().isEmpty();
                    batch = source.read(AT_ONCE)) {
                again.addAll(texts(batch));
                batch.acknowledge();
            }
        }
        assertThat(again).isEqualTo(events(0, 260));
        assertThat(pending()).isZero();
    }

    @Test
    void whatADeadConsumerHasIsTakenOverOnceItIsSilentForLong() throws Exception {
        send(0, 5);
        try (Source dead = open("d0/1", Map.of())) {
            assertThat(dead.read(AT_ONCE).messages()).hasSize(5);
        }
        try (Source source = open()) {
            assertThat(source.read(AT_ONCE).messages()).as("five minutes are not over").isEmpty();
        }
        try (Source source = open("d1/1", Map.of("reclaim", "1s"))) {
            List<String> taken = new ArrayList<>();
            await().until(() -> {
                SourceBatch batch = source.read(AT_ONCE);
                taken.addAll(texts(batch));
                batch.acknowledge();
                return taken.size() >= 5;
            });
            assertThat(taken).isEqualTo(events(0, 5));
            assertThat(pending()).isZero();
        }
    }

    @Test
    void whatWasDeletedWhileItWaitedDoesNotHoldTheRest() throws Exception {
        send(0, 5);
        try (Source source = open()) {
            assertThat(source.read(AT_ONCE).messages()).hasSize(5);
        }
        redis.ask().xtrim("clicks", 0);
        send(5, 6);
        try (Source source = open()) {
            assertThat(texts(source.read(AT_ONCE))).isEqualTo(events(5, 6));
            assertThat(pending()).isEqualTo(1);
        }
    }

    @Test
    void aBatchIsBoundedByMessagesAndBytes() throws Exception {
        send(0, 250);
        try (Source source = redis.source(Redis.url(redis.port()), "d1/1", Map.of(), 30)) {
            assertThat(source.read(AT_ONCE).messages()).hasSize(30);
        }
        redis.ask().flushall();
        String large = "x".repeat(1 << 20);
        IntStream.range(0, 40).forEach(_ -> redis.ask().xadd("clicks", Map.of("event", large)));
        try (Source source = open()) {
            List<Integer> sizes = new ArrayList<>();
            int all = 0;
            while (all < 40) {
                SourceBatch batch = source.read(AT_ONCE);
                batch.acknowledge();
                sizes.add(batch.messages().size());
                all += batch.messages().size();
            }
            // Before the first it is not known how large they are.
            assertThat(sizes.subList(1, sizes.size()))
                    .allMatch(size -> size <= RedisSource.BATCH_BYTES >> 20);
        }
    }

    @Test
    void aMessageWithoutTheFieldIsHandedOnWithAllItsFields() throws Exception {
        redis.ask().xadd("clicks", Map.of("user", "5\"é"));
        redis.ask().xadd("clicks", Map.of("body", "{\"id\":1}"));
        try (Source source = open("d1/1", Map.of("field", "body"))) {
            assertThat(texts(source.read(AT_ONCE)))
                    .containsExactly("{\"user\":\"5\\\"é\"}", "{\"id\":1}");
        }
    }

    @Test
    void aGroupBeginsWhereItIsToldTo() throws Exception {
        send(0, 5);
        try (Source source = open("d1/1", Map.of("start", "newest", "group", "g"))) {
            send(5, 6);
            assertThat(texts(source.read(AT_ONCE))).isEqualTo(events(5, 6));
        }
    }

    @Test
    void aStreamThatWasDeletedIsReadAgainOnceItIsOpenedAgain() throws Exception {
        try (Source source = open()) {
            redis.ask().del("clicks");
            assertThatThrownBy(() -> source.read(AT_ONCE))
                    .isInstanceOf(ConnectorException.class)
                    .hasMessageContaining("clicks");
        }
        send(0, 1);
        try (Source source = open()) {
            assertThat(texts(source.read(AT_ONCE))).isEqualTo(events(0, 1));
        }
    }

    @Test
    void aKeyThatIsNoStreamIsNamed() {
        redis.ask().set("clicks", "a text");

        assertThatThrownBy(RedisSourceTest::open)
                .isInstanceOfSatisfying(
                        ConnectorException.class, failed -> assertThat(failed.mayPass()).isFalse())
                .hasMessageContaining("something else under that key");
    }

    @Test
    void aConnectionThatIsCutLosesNothing() throws Exception {
        send(0, 50);
        try (TcpProxy proxy = TcpProxy.to(redis.port());
                Source source = redis.source(Redis.url(proxy.port()), "d1/1", Map.of(), 10)) {
            SourceBatch first = source.read(AT_ONCE);
            first.acknowledge();
            proxy.cut();
            List<String> all = new ArrayList<>(texts(first));
            while (all.size() < 50) {
                try {
                    SourceBatch batch = source.read(AT_ONCE);
                    batch.acknowledge();
                    all.addAll(texts(batch));
                } catch (ConnectorException cut) {
                    assertThat(cut.mayPass()).isTrue();
                }
            }
            assertThat(all).isEqualTo(events(0, 50));
        }
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() throws Exception {
        // Opened until it succeeds, as a busy machine may be too slow for so little patience.
        try (TcpProxy proxy = TcpProxy.to(redis.port());
                Source source =
                        await().ignoreExceptionsInstanceOf(ConnectorException.class)
                                .until(
                                        () ->
                                                redis.source(
                                                        Redis.url(proxy.port()),
                                                        "d1/1",
                                                        Map.of(),
                                                        10,
                                                        Duration.ofSeconds(2)),
                                        Objects::nonNull)) {
            proxy.blackhole();
            assertThatThrownBy(() -> source.read(AT_ONCE))
                    .isInstanceOf(ConnectorException.class)
                    .hasMessageContaining("did not answer in time");
        }
    }
}
