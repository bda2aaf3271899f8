package dev.millrace.connect.postgres;

import static dev.millrace.connect.sink.Items.OWNER;
import static dev.millrace.connect.sink.Items.batch;
import static dev.millrace.connect.sink.Items.event;
import static dev.millrace.connect.sink.Items.item;
import static dev.millrace.connect.sink.Items.row;
import static dev.millrace.connect.sink.Items.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.SinkCursor;

import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Tables that are otherwise than the sink would make them, and rows that do not fit. */
class PostgresShapeTest {
    private static final String TABLE =
            "create table views (window_start timestamptz, window_end timestamptz, source text, path"
                    + " %s, views %s, revision bigint, final boolean, group_kinds int)";
    private static final String INDEX =
            "create unique index on views (path, source, window_start, group_kinds) nulls not"
                    + " distinct";

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

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused() {
        return assertThatThrownBy(database::views)
                .isInstanceOfSatisfying(
                        ConnectorException.class, failed -> assertThat(failed.mayPass()).isFalse())
                .hasMessageContaining("PostgreSQL at localhost:" + database.port())
                .hasMessageContaining("views");
    }

    @Test
    void aTableOfPeoplesOwnIsTakenIfItCanHoldTheRows() throws Exception {
        database.run(TABLE.formatted("varchar(100)", "numeric(20,0)"), INDEX);
        database.run("alter table views add column note text, add column no serial not null");
        try (CursorSink sink = database.views()) {
            assertThat(sink.deliver(rows(3))).isEqualTo(new Delivery.Delivered());
            assertThat(database.rows("select views from views order by views"))
                    .containsExactly("0", "1", "2");
        }
    }

    @Test
    void aColumnOfAnotherTypeIsNamedWithBothTypes() {
        database.run(TABLE.formatted("text", "timestamp"), INDEX);

        assertRefused()
                .hasMessageContaining(
                        "column views is timestamp without time zone, expected bigint");
    }

    @Test
    void aColumnThatIsMissingIsNamedWithWhatMendsIt() throws Exception {
        database.run(TABLE.formatted("text", "bigint"), INDEX);
        database.run("alter table views drop column views");

        assertRefused()
                .hasMessageContaining("it has no column views, expected bigint")
                .hasMessageContaining("ALTER TABLE \"views\" ADD COLUMN \"views\" bigint");
        database.run("ALTER TABLE \"views\" ADD COLUMN \"views\" bigint");
        database.views().close();
    }

    @Test
    void aTableWithoutItsKeyIsRefusedWithWhatMendsIt() throws Exception {
        database.run(TABLE.formatted("text", "bigint"));
        database.run("create unique index on views (path, source, window_start, group_kinds)");
        String mend =
                "CREATE UNIQUE INDEX ON \"views\" (\"window_start\", \"source\", \"path\","
                        + " \"group_kinds\") NULLS NOT DISTINCT";

        assertRefused().hasMessageContaining(mend);
        database.run(mend);
        database.views().close();
    }

    @Test
    void aColumnThatTheSinkWouldLeaveEmptyIsNamed() {
        database.run(TABLE.formatted("text", "bigint"), INDEX);
        database.run("alter table views add column tenant text not null");

        assertRefused().hasMessageContaining("column tenant");
    }

    @Test
    void aGroupThatMayBeNullNeedsAColumnThatMay() {
        database.run(TABLE.formatted("text not null", "bigint"), INDEX);

        assertRefused().hasMessageContaining("column path is NOT NULL");
    }

    @Test
    void aViewIsRefused() {
        database.run(TABLE.formatted("text", "bigint").replace("table views", "table other"));
        database.run("create view views as select * from other");

        assertRefused().hasMessageContaining("no unique index");
    }

    @Test
    void whatIsAlteredWhileTheSinkIsOpenIsToldAndMended() throws Exception {
        try (CursorSink sink = database.views()) {
            database.run("alter table views drop column views");

            Delivery first = sink.deliver(rows(3));
            Delivery second = sink.deliver(rows(3));

            assertThat(first)
                    .isInstanceOfSatisfying(
                            Delivery.RetryLater.class,
                            later -> assertThat(later.reason()).contains("views", "42703"));
            assertThat(second)
                    .isInstanceOfSatisfying(
                            Delivery.RetryLater.class,
                            later ->
                                    assertThat(later.reason())
                                            .contains("has no column views, expected bigint"));
            database.run("alter table views add column views bigint");
            assertThat(sink.deliver(rows(3))).isEqualTo(new Delivery.Delivered());
        }
    }

    @Test
    void aTableThatWasDroppedIsMadeAgain() throws Exception {
        try (CursorSink sink = database.views()) {
            database.run("drop table views");

            assertThat(sink.deliver(rows(3))).isInstanceOf(Delivery.RetryLater.class);
            assertThat(sink.deliver(rows(3))).isEqualTo(new Delivery.Delivered());
            assertThat(database.one("select count(*) from views")).isEqualTo("3");
        }
    }

    @Test
    void aRowThatAConstraintRefusesTakesItsBatchWithIt() throws Exception {
        try (CursorSink sink = database.views()) {
            database.run("alter table views add constraint short check (path <> '/page/7')");

            Delivery delivery = sink.deliver(rows(10));

            assertThat(delivery)
                    .isInstanceOfSatisfying(
                            Delivery.Refused.class,
                            refused -> {
                                assertThat(refused.code()).isEqualTo("sql-23514");
                                assertThat(refused.reason())
                                        .contains("violates check constraint \"short\"")
                                        .doesNotContain("/page/7");
                            });
            assertThat(sink.cursor()).contains(new SinkCursor(OWNER, 0));
            assertThat(database.one("select count(*) from views")).isEqualTo("0");
            database.run("alter table views drop constraint short");
            assertThat(sink.deliver(rows(10))).isEqualTo(new Delivery.Delivered());
        }
    }

    @Test
    void aValueThatTheColumnCannotHoldIsRefused() throws Exception {
        database.run(TABLE.formatted("varchar(10)", "int"), INDEX);
        try (CursorSink sink = database.views()) {
            assertThat(sink.deliver(batch(item(0, row(0, "/a", 3_000_000_000L, 1)))))
                    .isInstanceOfSatisfying(
                            Delivery.Refused.class,
                            refused -> assertThat(refused.code()).isEqualTo("sql-22003"));
            assertThat(sink.deliver(batch(item(0, row(0, "/a/path/too/long", 3, 1)))))
                    .isInstanceOfSatisfying(
                            Delivery.Refused.class,
                            refused ->
                                    assertThat(refused.reason())
                                            .contains(
                                                    "PostgreSQL at localhost:" + database.port(),
                                                    "value too long for type character"
                                                            + " varying(10)",
                                                    "SQLSTATE 22001"));
        }
    }

    @Test
    void aTimeThatPostgresDoesNotKnowIsRefused() throws Exception {
        try (CursorSink sink = database.views()) {
            assertThat(sink.deliver(batch(item(0, row(Long.MAX_VALUE / 2, "/a", 3, 1)))))
                    .isInstanceOf(Delivery.Refused.class);
            assertThat(sink.deliver(batch(item(0, row(Long.MIN_VALUE / 2, "/a", 3, 1)))))
                    .isInstanceOf(Delivery.Refused.class);
        }
    }

    @Test
    void textsThatPostgresCannotHoldAreRefusedByItem() throws Exception {
        try (CursorSink sink = database.views()) {
            Delivery delivery =
                    sink.deliver(
                            batch(
                                    item(0, row(0, "/a", 1, 1)),
                                    item(1, row(0, "/a\0b", 1, 1)),
                                    item(2, row(0, "/\ud800", 1, 1)),
                                    item(3, row(0, "/\udc00\ud800", 1, 1))));

            assertThat(delivery)
                    .isInstanceOfSatisfying(
                            Delivery.ItemsRefused.class,
                            refused ->
                                    assertThat(refused.items())
                                            .extracting(Delivery.RefusedItem::position)
                                            .containsExactly(1L, 2L, 3L));
        }
    }

    @Test
    void aTextTooLargeForTheIndexIsRefused() throws Exception {
        StringBuilder path = new StringBuilder("/");
        new Random(1).ints(20_000, 'a', 'z' + 1).forEach(path::appendCodePoint);
        try (CursorSink sink = database.views()) {
            assertThat(sink.deliver(batch(item(0, row(0, path.toString(), 1, 1)))))
                    .isInstanceOfSatisfying(
                            Delivery.Refused.class,
                            refused -> assertThat(refused.code()).isEqualTo("sql-54000"));
        }
    }

    @Test
    void eventsThatJsonbCannotHoldAreRefused() throws Exception {
        CursorSink sink =
                Database.open(
                        Database.context(
                                List.of("events"),
                                Map.of("url", Database.url(database.port()), "table", "clean"),
                                List.of(),
                                Database.TIMEOUT));
        try (sink) {
            sink.reset(new SinkCursor(OWNER, 0));
            for (String json :
                    List.of(
                            "{\"text\":\"secret\\u0000\"}",
                            "{\"text\":\"secret\\ud800\"}",
                            "{\"secret\":1e999999}")) {
                assertThat(sink.deliver(batch(event(0, json))))
                        .as(json)
                        .isInstanceOfSatisfying(
                                Delivery.Refused.class,
                                refused ->
                                        assertThat(refused.reason())
                                                .contains("SQLSTATE 22")
                                                .doesNotContain("secret"));
            }
            assertThat(sink.deliver(batch(0, 1, List.of()))).isEqualTo(new Delivery.Delivered());
        }
    }

    @Test
    void aTriggerThatRaisesRefusesTheRow() throws Exception {
        try (CursorSink sink = database.views()) {
            database.run(
                    "create function no() returns trigger language plpgsql as $$ begin raise"
                            + " exception 'not \"%\"', new.path; end $$",
                    "create trigger no before insert on views for each row execute function no()");

            assertThat(sink.deliver(rows(1)))
                    .isInstanceOfSatisfying(
                            Delivery.Refused.class,
                            refused ->
                                    assertThat(refused.reason())
                                            .contains("P0001")
                                            .doesNotContain("/page/0"));
        }
    }

    @Test
    void aServerBeforeFifteenIsToldApart() {
        assertThat(PostgresSink.tooOld(14))
                .hasValueSatisfying(
                        message -> assertThat(message).contains("version 14", "15 or later"));
        assertThat(PostgresSink.tooOld(15)).isEmpty();
    }
}
