package dev.millrace.connect.postgres;

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

import dev.millrace.connect.sink.Items;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.RowShape.GroupField;
import dev.millrace.core.connector.RowShape.ValueField;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.connector.SinkItem;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What stands in the tables. */
class PostgresSinkTest {
    private static final Delivery DELIVERED = new Delivery.Delivered();
    private static final Delivery MOVED = new Delivery.CursorMoved();

    private static Database database;

    @BeforeAll
    static void start(@TempDir Path folder) {
        database = Database.start(folder);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void clear() {
        database.clear();
    }

    private static CursorSink open(
            List<String> from, Map<String, String> tables, RowShape... shapes) throws Exception {
        CursorSink sink =
                Database.open(
                        Database.context(
                                from,
                                Map.of("url", Database.url(database.port()), "tables", tables),
                                List.of(shapes),
                                Database.TIMEOUT));
        sink.reset(new SinkCursor(OWNER, 0));
        return sink;
    }

    private static List<String> views() {
        return database.rows("select path, views, revision from views order by path, revision");
    }

    @Test
    void theTableIsMadeFromTheShapeOfTheAggregate() throws Exception {
        RowShape shape =
                new RowShape(
                        "views",
                        List.of(
                                new GroupField("source", true),
                                new GroupField("data.path", false),
                                new GroupField("data.user.plan", false)),
                        List.of(
                                new ValueField("views", RowShape.Type.INTEGER),
                                new ValueField("bytes", RowShape.Type.NUMBER),
                                new ValueField("pages", RowShape.Type.LIST)));
        try (CursorSink _ = open(List.of("views"), Map.of("views", "views"), shape)) {
            assertThat(
                            database.rows(
                                    "select column_name, data_type, is_nullable from"
                                            + " information_schema.columns where table_schema ="
                                            + " 'public' and table_name = 'views' order by"
                                            + " ordinal_position"))
                    .containsExactly(
                            "window_start|timestamp with time zone|NO",
                            "window_end|timestamp with time zone|NO",
                            "source|text|NO",
                            "path|text|YES",
                            "user_plan|text|YES",
                            "views|bigint|YES",
                            "bytes|numeric|YES",
                            "pages|jsonb|YES",
                            "revision|bigint|NO",
                            "final|boolean|NO",
                            "group_kinds|integer|NO");
            assertThat(database.one("select indexdef from pg_indexes where tablename = 'views'"))
                    .contains("UNIQUE")
                    .endsWith(
                            "(window_start, source, path, user_plan, group_kinds) NULLS NOT"
                                    + " DISTINCT");
        }
    }

    @Test
    void columnsAreToldApartWhereNamesWouldClash() throws Exception {
        RowShape shape =
                new RowShape(
                        "views",
                        List.of(
                                new GroupField("source", true),
                                new GroupField("data.source", false),
                                new GroupField("data.views", false)),
                        List.of(new ValueField("views", RowShape.Type.INTEGER)));
        try (CursorSink _ = open(List.of("views"), Map.of("views", "views"), shape)) {
            assertThat(
                            database.rows(
                                    "select column_name from information_schema.columns where"
                                            + " table_name = 'views'"))
                    .contains("source", "data_source", "data_views", "views");
        }
    }

    @Test
    void everyValueArrivesAsItIs() throws Exception {
        RowShape shape =
                new RowShape(
                        "views",
                        List.of(new GroupField("source", true), new GroupField("data.path", false)),
                        List.of(
                                new ValueField("views", RowShape.Type.INTEGER),
                                new ValueField("bytes", RowShape.Type.NUMBER),
                                new ValueField("pages", RowShape.Type.LIST)));
        List<Object> pages = List.of(Arrays.asList("a\t\\\n\"ü", 2L), Arrays.asList(null, 1L));
        try (CursorSink sink = open(List.of("views"), Map.of("views", "views"), shape)) {
            Delivery delivery =
                    sink.deliver(
                            batch(
                                    item(
                                            0,
                                            row(
                                                    1_700_000_000_123L,
                                                    "/a",
                                                    members(
                                                            "views",
                                                            Long.MAX_VALUE,
                                                            "bytes",
                                                            9_007_199_254_740_993L,
                                                            "pages",
                                                            pages),
                                                    Long.MAX_VALUE,
                                                    false)),
                                    item(
                                            1,
                                            row(
                                                    -62_135_596_800_000L,
                                                    "/b",
                                                    members(
                                                            "views", 0L, "bytes", 1e-7, "pages",
                                                            null),
                                                    1,
                                                    false)),
                                    item(
                                            2,
                                            row(
                                                    0,
                                                    "/c",
                                                    members(
                                                            "views", 0L, "bytes", 1.5e300, "pages",
                                                            List.of()),
                                                    1,
                                                    false))));
            assertThat(delivery).isEqualTo(DELIVERED);
            assertThat(
                            database.rows(
                                    "select (extract(epoch from window_start) * 1000)::bigint,"
                                            + " (extract(epoch from window_end - window_start))::int,"
                                            + " views, bytes = any (array[9007199254740993, 1e-7,"
                                            + " 1.5e300]), pages from views order by path"))
                    .containsExactly(
                            "1700000000123|60|9223372036854775807|t|[[\"a\\t\\\\\\n\\\"ü\", 2],"
                                    + " [null, 1]]",
                            "-62135596800000|60|0|t|null",
                            "0|60|0|t|[]");
        }
    }

    @Test
    void groupsStayApartWhateverTheyAre() throws Exception {
        List<Object> paths =
                Arrays.asList(
                        null,
                        "",
                        "null",
                        "\\N",
                        "\\",
                        "a\tb\nc\rd",
                        "'\"",
                        "é😀",
                        "5",
                        5L,
                        5.5,
                        "5.5",
                        true,
                        "true",
                        false,
                        "__other__",
                        " ");
        try (CursorSink sink = database.views()) {
            List<SinkItem> items = new ArrayList<>();
            for (Object path : paths) {
                items.add(item(items.size(), row(0, path, items.size(), 1)));
            }
            assertThat(sink.deliver(batch(items))).isEqualTo(DELIVERED);
            assertThat(database.rows("select path from views order by views"))
                    .containsExactlyElementsOf(paths.stream().map(String::valueOf).toList());

            List<SinkItem> again = new ArrayList<>();
            for (Object path : paths) {
                long at = again.size();
                again.add(item(paths.size() + at, row(0, path, 100 + at, 2)));
            }
            assertThat(sink.deliver(batch(again))).isEqualTo(DELIVERED);
            assertThat(database.rows("select path from views order by views"))
                    .as("the same groups again, and no others")
                    .containsExactlyElementsOf(paths.stream().map(String::valueOf).toList());

            List<SinkItem> gone = new ArrayList<>();
            for (Object path : paths) {
                gone.add(item(2L * paths.size() + gone.size(), retracted(0, path, 3)));
            }
            assertThat(sink.deliver(batch(gone))).isEqualTo(DELIVERED);
            assertThat(views()).isEmpty();
        }
    }

    @Test
    void theHigherRevisionStays() throws Exception {
        try (CursorSink sink = database.views()) {
            sink.deliver(batch(item(0, row(0, "/a", 5, 7)), item(1, row(0, "/b", 1, 7))));
            sink.deliver(
                    batch(
                            item(2, row(0, "/a", 3, 6)),
                            item(3, row(0, "/b", 2, 8)),
                            item(4, row(MINUTE, "/a", 1, 6))));

            assertThat(views()).containsExactly("/a|1|6", "/a|5|7", "/b|2|8");
        }
    }

    @Test
    void aRowThatIsRetractedIsDeletedUnlessItIsNewer() throws Exception {
        try (CursorSink sink = database.views()) {
            sink.deliver(
                    batch(
                            item(0, row(0, "/a", 5, 7)),
                            item(1, row(0, "/b", 5, 9)),
                            item(2, row(MINUTE, "/a", 6, 7))));
            sink.deliver(batch(item(3, retracted(0, "/a", 8)), item(4, retracted(0, "/b", 8))));

            assertThat(views()).containsExactly("/a|6|7", "/b|5|9");
        }
    }

    @Test
    void whatIsDeliveredAgainIsNotWrittenAgain() throws Exception {
        try (CursorSink sink = database.views()) {
            assertThat(sink.deliver(rows(10))).isEqualTo(DELIVERED);
            database.run("delete from views");

            assertThat(sink.deliver(rows(10))).isEqualTo(MOVED);
            assertThat(views()).isEmpty();
            assertThat(sink.cursor()).contains(new SinkCursor(OWNER, 10));
        }
    }

    @Test
    void anotherOwnersCursorIsLeftAlone() throws Exception {
        try (CursorSink sink = database.views()) {
            sink.reset(new SinkCursor("d2/1", 0));

            assertThat(sink.deliver(rows(1))).isEqualTo(MOVED);
            assertThat(sink.cursor()).contains(new SinkCursor("d2/1", 0));
            assertThat(views()).isEmpty();
        }
    }

    @Test
    void aBatchWithoutItemsMovesTheCursor() throws Exception {
        try (CursorSink sink = database.views()) {
            assertThat(sink.deliver(batch(0, 5, List.of()))).isEqualTo(DELIVERED);
            assertThat(sink.cursor()).contains(new SinkCursor(OWNER, 5));
        }
    }

    @Test
    void ofTwoThatDeliverTheSameOneWrites() throws Exception {
        try (CursorSink one = database.views();
                CursorSink other = database.views();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                SinkBatch batch = batch(item(i, row(0, "/" + i, i, 1)));
                Future<Delivery> first = threads.submit(() -> one.deliver(batch));
                Future<Delivery> second = threads.submit(() -> other.deliver(batch));

                assertThat(List.of(first.get(), second.get()))
                        .containsExactlyInAnyOrder(DELIVERED, MOVED);
            }
            assertThat(views()).hasSize(20);
        }
    }

    @Test
    void eventsAndAlertsAreKeptAsJson() throws Exception {
        Map<String, String> tables = Map.of("events", "clean", "alerts", "alarms");
        try (CursorSink sink = open(List.of("events", "alerts"), tables)) {
            String odd = "{\"id\":\"e1\",\"data\":{\"text\":\"a\\t\\\\N\\\"é\\u00e9\"}}";
            assertThat(
                            sink.deliver(
                                    batch(
                                            event(0, odd),
                                            alert(1, "a1", "open"),
                                            event(2, "{\"id\":\"e2\"}"))))
                    .isEqualTo(DELIVERED);
            sink.deliver(batch(alert(3, "a1", "ended"), alert(4, "a2", "open")));
            sink.deliver(batch(alert(5, "a1", "open")));

            assertThat(database.rows("select position, event -> 'data' ->> 'text' from clean"))
                    .containsExactly("0|a\t\\N\"éé", "2|null");
            assertThat(database.rows("select id, alert ->> 'state' from alarms order by id"))
                    .as("one that has ended is not opened again by a replay")
                    .containsExactly("a1|ended", "a2|open");
        }
    }

    @Test
    void eventsThatAreRewoundAreNotThereTwice() throws Exception {
        try (CursorSink sink = open(List.of("events"), Map.of("events", "clean"))) {
            SinkBatch batch = batch(event(0, "{\"id\":\"e1\"}"), event(1, "{\"id\":\"e2\"}"));
            sink.deliver(batch);
            sink.reset(new SinkCursor(OWNER, 0));

            assertThat(sink.deliver(batch)).isEqualTo(DELIVERED);
            assertThat(database.one("select count(*) from clean")).isEqualTo("2");
        }
    }

    @Test
    void namesAreQuoted() throws Exception {
        database.run("create schema \"Stats; \"\"x\"\"\"");
        String table = "Stats; \"x\".Web \"views\"";
        try (CursorSink sink = open(List.of("views"), Map.of("views", table), Items.VIEWS)) {
            assertThat(sink.deliver(rows(3))).isEqualTo(DELIVERED);
        }
        try (CursorSink sink = open(List.of("views"), Map.of("views", table), Items.VIEWS)) {
            assertThat(sink.cursor()).isPresent();
        }
        assertThat(database.one("select count(*) from \"Stats; \"\"x\"\"\".\"Web \"\"views\"\"\""))
                .isEqualTo("3");
        assertThat(database.one("select position from \"Stats; \"\"x\"\"\".millrace_sinks"))
                .isEqualTo("0");
        database.run("drop schema \"Stats; \"\"x\"\"\" cascade");
    }

    @Test
    void aFeedWithoutATableIsRefusedByItem() throws Exception {
        try (CursorSink sink = database.views()) {
            Delivery delivery = sink.deliver(batch(item(0, row(0, "/a", 1, 1)), event(1, "{}")));

            assertThat(delivery)
                    .isInstanceOfSatisfying(
                            Delivery.ItemsRefused.class,
                            refused ->
                                    assertThat(refused.items())
                                            .extracting(Delivery.RefusedItem::position)
                                            .containsExactly(1L));
        }
    }
}
