package dev.millrace.connect.postgres;

import static dev.millrace.connect.sink.Host.cursorOf;
import static dev.millrace.connect.sink.Host.deliver;
import static dev.millrace.connect.sink.Items.OWNER;
import static dev.millrace.connect.sink.Items.batch;
import static dev.millrace.connect.sink.Items.item;
import static dev.millrace.connect.sink.Items.row;
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

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;

/** PostgreSQL and the network before it are ill: nothing is lost, nothing is there twice. */
class PostgresFaultTest {
    /** Short, where a test waits for it. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    private static Database database;
    private TcpProxy proxy;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        database = Database.start(folder);
        database.run("create role app login password 's3cret'");
        Path rules = Path.of(database.one("show hba_file"));
        Files.writeString(rules, "host all app all scram-sha-256\n" + Files.readString(rules));
        database.run("select pg_reload_conf()");
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void clear() {
        database.clear();
        proxy = TcpProxy.to(database.port());
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    private CursorSink throughProxy(Duration timeout) throws ConnectorException {
        return Database.views(Database.url(proxy.port()), timeout);
    }

    /** Tried until it succeeds, as a busy machine may be too slow for a sink of little patience. */
    private static CursorSink opened(Callable<CursorSink> opening) {
        return await().ignoreExceptionsInstanceOf(ConnectorException.class)
                .until(opening, Objects::nonNull);
    }

    private static void assertFails(String url, boolean mayPass, String... parts) {
        assertFails(url, Database.TIMEOUT, mayPass, parts);
    }

    private static void assertFails(
            String url, Duration timeout, boolean mayPass, String... parts) {
        assertThatThrownBy(() -> Database.views(url, timeout))
                .isInstanceOfSatisfying(
                        ConnectorException.class,
                        failed -> {
                            assertThat(failed.reason())
                                    .contains(parts)
                                    .doesNotContain("s3cret", "wr0ng");
                            assertThat(failed.mayPass()).isEqualTo(mayPass);
                        });
    }

    private static String reason(Delivery delivery) {
        assertThat(delivery).isInstanceOf(Delivery.RetryLater.class);
        return ((Delivery.RetryLater) delivery).reason();
    }

    private static long count() {
        return Long.parseLong(database.one("select count(*) from views"));
    }

    @Test
    void aHostThatIsNotKnownIsNamed() {
        assertFails(
                "postgresql://app:s3cret@nowhere.invalid/db", true, "nowhere.invalid", "not known");
    }

    @Test
    void aPortOnWhichNobodyListensIsNamed() {
        assertFails("postgresql://app:s3cret@localhost:1/db", true, "localhost:1", "refused");
    }

    @Test
    void aDatabaseThatIsNotThereIsNamed() {
        assertFails(
                "postgresql://postgres@localhost:%d/nowhere".formatted(database.port()),
                false,
                "nowhere",
                "3D000");
    }

    @Test
    void aWrongPasswordIsToldWithoutIt() {
        // The rules are taken up a moment after they were told to be.
        await().untilAsserted(() ->
                assertFails(
                        "postgresql://app:wr0ng@localhost:%d/postgres".formatted(database.port()),
                        false,
                        "localhost:" + database.port(),
                        "password authentication failed for user \"app\"",
                        "28P01"));
    }

    @Test
    void aRoleThatMayNotIsNamed() {
        database.run("grant usage on schema public to app");
        assertFails(
                "postgresql://app:s3cret@localhost:%d/postgres".formatted(database.port()),
                false,
                "permission denied for schema public",
                "42501");
        assertFails(
                "postgresql://nobody:s3cret@localhost:%d/postgres".formatted(database.port()),
                false,
                "nobody",
                "28");
    }

    @Test
    void aServerThatAcceptsAndNeverAnswersIsGivenUp() {
        proxy.blackhole();

        assertFails(Database.url(proxy.port()), SHORT, true, "localhost:" + proxy.port());
    }

    @Test
    void aServerThatFallsSilentGetsTheBatchWhenItIsBack() throws Exception {
        try (CursorSink sink = opened(() -> throughProxy(SHORT))) {
            proxy.blackhole();
            assertThat(reason(sink.deliver(rows(100)))).contains("localhost:" + proxy.port());
            assertThatThrownBy(sink::cursor).isInstanceOf(ConnectorException.class);

            proxy.cut();
            proxy.heal();
            assertThat(cursorOf(sink)).isEqualTo(new SinkCursor(OWNER, 0));
            deliver(sink, rows(100));
            assertThat(count()).isEqualTo(100);
        }
    }

    @Test
    void aCutInTheMiddleOfCopyLeavesNothing() throws Exception {
        try (CursorSink sink = throughProxy(Database.TIMEOUT)) {
            proxy.cutAfter(100_000);
            assertThat(reason(sink.deliver(rows(10_000)))).contains("cannot be reached");
            assertThat(count()).isZero();
            assertThat(sink.cursor()).contains(new SinkCursor(OWNER, 0));

            assertThat(sink.deliver(rows(10_000))).isEqualTo(new Delivery.Delivered());
            assertThat(count()).isEqualTo(10_000);
        }
    }

    @Test
    void aServerThatTakesNoWritesIsToldFromABadBatch() throws Exception {
        try (CursorSink sink = throughProxy(Database.TIMEOUT)) {
            database.run("alter role postgres set default_transaction_read_only = on");
            proxy.cut();
            try {
                String reason = "";
                // The first may still find the connection that was cut.
                for (int i = 0; i < 3 && !reason.contains("25006"); i++) {
                    reason = reason(sink.deliver(rows(10)));
                }
                assertThat(reason).contains("takes no writes", "25006");
            } finally {
                // Of this role too, so it must be asked for.
                database.run(
                        "set default_transaction_read_only = off",
                        "alter role postgres reset default_transaction_read_only");
            }
            proxy.cut();
            while (!sink.deliver(rows(10)).equals(new Delivery.Delivered())) {
                assertThat(sink.cursor()).contains(new SinkCursor(OWNER, 0));
            }
            assertThat(count()).isEqualTo(10);
        }
    }

    @Test
    void aTableThatSomebodyLocksIsWaitedFor() throws Exception {
        try (CursorSink sink = opened(() -> Database.views(Database.url(database.port()), SHORT));
                Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table views");

            await().untilAsserted(() ->
                    assertThat(reason(sink.deliver(rows(10)))).contains("in time", "57014"));

            other.rollback();
            deliver(sink, rows(10));
            assertThat(count()).isEqualTo(10);
        }
    }

    @Test
    void aDeliveryThatIsInterruptedIsTriedAgain() throws Exception {
        try (CursorSink sink = throughProxy(Database.TIMEOUT)) {
            proxy.blackhole();
            Delivery[] delivery = new Delivery[1];
            Thread thread = Thread.ofVirtual().start(() -> delivery[0] = sink.deliver(rows(10)));
            // Waits for the server, with its own patience.
            await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
            thread.interrupt();
            thread.join();
            assertThat(reason(delivery[0])).contains("PostgreSQL at localhost:" + proxy.port());

            proxy.cut();
            proxy.heal();
            assertThat(sink.deliver(rows(10))).isEqualTo(new Delivery.Delivered());
        }
    }

    @Test
    void aNetworkThatBreaksAtRandomLosesNothingAndDoublesNothing() throws Exception {
        Random random = new Random(Seed.print("PostgresFaultTest"));
        Map<String, Long> expected = new HashMap<>();
        int broken = 0;
        try (CursorSink sink = throughProxy(Database.TIMEOUT)) {
            long position = 0;
            for (int i = 0; i < 60; i++) {
                List<SinkItem> items = new ArrayList<>();
                int size = 1 + random.nextInt(300);
                for (int at = 0; at < size; at++) {
                    // Each path once a batch, as the host hands them over.
                    String path = "/" + (i * 7 + at);
                    items.add(item(position + at, row(0, path, i, i + 1)));
                    expected.put(path, (long) i);
                }
                SinkBatch batch = batch(items);
                if (random.nextInt(3) > 0) {
                    proxy.cutAfter(random.nextInt(40 * size + 400));
                }
                broken += deliver(sink, batch);
                position = batch.to();
                proxy.heal();
            }
        }
        Map<String, Long> found = new HashMap<>();
        for (String row : database.rows("select path, views from views")) {
            String[] cells = row.split("\\|");
            assertThat(found.put(cells[0], Long.valueOf(cells[1]))).as(row).isNull();
        }
        assertThat(broken).isPositive();
        assertThat(found).isEqualTo(expected);
    }
}
