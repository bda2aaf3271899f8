package dev.millrace.connect.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.connector.SinkItem;

import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rows, alerts and events in tables of PostgreSQL 15 or later, with the cursor in {@code
 * millrace_sinks}, moved in the transaction that writes.
 *
 * <p>A batch is one transaction: the cursor first, whose row it locks, so that a second writer
 * waits and then writes nothing; then for each table COPY into a temporary table, and a statement
 * that takes that over.
 */
final class PostgresSink implements CursorSink {
    /** Deliveries come one at a time. */
    static final int CONNECTIONS_MAX = 1;

    private static final int MAJOR_MIN = 15;

    /** Longer, a server is not there, however patient the sink is. */
    private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

    /** What goes to the server at once. */
    private static final int COPY_CHUNK_BYTES = 64 << 10;

    private final SinkContext context;
    private final String system;
    private final CursorTable cursors;

    /** By feed; items of others are refused. */
    private final Map<String, SinkTable> tables;

    private final HikariDataSource pool;

    /** Whether the tables are, as far as is known, as they must be. */
    private boolean isChecked;

    private PostgresSink(
            SinkContext context,
            String system,
            CursorTable cursors,
            Map<String, SinkTable> tables,
            HikariDataSource pool) {
        this.context = context;
        this.system = system;
        this.cursors = cursors;
        this.tables = tables;
        this.pool = pool;
    }

    /**
     * Connects, and makes the tables or looks at them.
     *
     * @param tables by feed
     */
    static PostgresSink open(
            SinkContext context,
            PostgresAddress address,
            CursorTable cursors,
            Map<String, SinkTable> tables)
            throws ConnectorException {
        HikariDataSource pool = pool(address, context.timeout());
        PostgresSink sink =
                new PostgresSink(
                        context, address.name(), cursors, new LinkedHashMap<>(tables), pool);
        try (Connection connection = pool.getConnection()) {
            sink.check(connection);
            return sink;
        } catch (SQLException e) {
            pool.close();
            throw SqlFailure.of(e).exception(address.name());
        } catch (ConnectorException e) {
            pool.close();
            throw e;
        }
    }

    private static HikariDataSource pool(PostgresAddress address, Duration timeout)
            throws ConnectorException {
        // Each a little sooner than the next, so that whoever knows most speaks first.
        Duration statement = timeout.multipliedBy(7).dividedBy(10);
        Duration silence = timeout.multipliedBy(8).dividedBy(10);
        Duration connect = silence.compareTo(CONNECT_MAX) < 0 ? silence : CONNECT_MAX;
        HikariConfig config = PostgresPool.config(address, CONNECTIONS_MAX, connect, silence);
        // Fails at once, with the reason, and not when a connection is first asked for.
        config.setInitializationFailTimeout(1);
        config.setAutoCommit(false);
        config.setConnectionInitSql(
                // The last three: a client that is gone without a word must not hold its locks.
                """
                SET statement_timeout = %1$d; SET idle_in_transaction_session_timeout = %2$d;
                SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;
                SET tcp_keepalives_count = 3
                """
                        .formatted(statement.toMillis(), timeout.toMillis()));
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw e.getCause() instanceof SQLException cause
                    ? SqlFailure.of(cause).exception(address.name())
                    : ConnectorException.passing(address.name() + " cannot be reached", e);
        }
    }

    private void check(Connection connection) throws SQLException, ConnectorException {
        Optional<String> tooOld = tooOld(connection.getMetaData().getDatabaseMajorVersion());
        if (tooOld.isPresent()) {
            throw ConnectorException.lasting(system + tooOld.get());
        }
        new TableCheck(connection, system).require(List.copyOf(tables.values()), cursors);
        connection.commit();
        isChecked = true;
    }

    /** The end of a sentence; empty if it is new enough. NULLS NOT DISTINCT came with 15. */
    static Optional<String> tooOld(int major) {
        return major >= MAJOR_MIN
                ? Optional.empty()
                : Optional.of(" is version %d; %d or later is needed".formatted(major, MAJOR_MIN));
    }

    @Override
    public Optional<SinkCursor> cursor() throws ConnectorException {
        try (Connection connection = pool.getConnection()) {
            Optional<SinkCursor> cursor =
                    cursors.read(connection, context.pipeline(), context.sink());
            connection.commit();
            return cursor;
        } catch (SQLException e) {
            throw failed(e).exception(system);
        }
    }

    @Override
    public void reset(SinkCursor cursor) throws ConnectorException {
        try (Connection connection = pool.getConnection()) {
            cursors.set(connection, context.pipeline(), context.sink(), cursor);
            connection.commit();
        } catch (SQLException e) {
            throw failed(e).exception(system);
        }
    }

    @Override
    public Delivery deliver(SinkBatch batch) {
        List<Delivery.RefusedItem> unfit = new ArrayList<>();
        Map<SinkTable, List<SinkItem>> fit = sort(batch, unfit);
        if (!unfit.isEmpty()) {
            return new Delivery.ItemsRefused(unfit);
        }
        Connection connection;
        try {
            connection = pool.getConnection();
        } catch (SQLException e) {
            return new Delivery.RetryLater(SqlFailure.of(e).reason(system));
        }
        try (connection) {
            if (!isChecked) {
                check(connection);
            }
            return write(batch, fit, connection);
        } catch (SQLException e) {
            return failed(e).delivery(system);
        } catch (ConnectorException e) {
            return new Delivery.RetryLater(e.reason());
        }
    }

    private SqlFailure failed(SQLException e) {
        SqlFailure failure = SqlFailure.of(e);
        if (failure.isOfTheTable()) {
            // To say what is wrong, or to make the table again, next time.
            isChecked = false;
        }
        return failure;
    }

    /** Closing the connection rolls back what was not committed. */
    private Delivery write(
            SinkBatch batch, Map<SinkTable, List<SinkItem>> items, Connection connection)
            throws SQLException {
        if (!cursors.move(connection, batch)) {
            return new Delivery.CursorMoved();
        }
        try (Statement statement = connection.createStatement()) {
            for (Map.Entry<SinkTable, List<SinkItem>> each : items.entrySet()) {
                SinkTable table = each.getKey();
                String staging = "pg_temp." + TableName.quote(stagingName(table));
                statement.execute(
                        "CREATE TEMPORARY TABLE IF NOT EXISTS %s (%s) ON COMMIT DELETE ROWS"
                                .formatted(staging, definitions(table)));
                copy(connection, table, staging, each.getValue());
                for (String merge : table.merge(staging, each.getValue())) {
                    statement.execute(merge);
                }
            }
        }
        connection.commit();
        return new Delivery.Delivered();
    }

    /**
     * By what it holds: a pooler between may hand on a connection on which another sink has left
     * its own.
     */
    private static String stagingName(SinkTable table) {
        return "millrace_%08x".formatted(definitions(table).hashCode());
    }

    private static String definitions(SinkTable table) {
        List<String> columns = new ArrayList<>();
        table.columns().forEach(column -> columns.add(column.staging()));
        table.marks().forEach(column -> columns.add(column.staging()));
        return String.join(", ", columns);
    }

    private static void copy(
            Connection connection, SinkTable table, String staging, List<SinkItem> items)
            throws SQLException {
        CopyIn copy =
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("COPY %s FROM STDIN".formatted(staging));
        CopyText lines = new CopyText();
        for (SinkItem item : items) {
            table.write(item, lines);
            if (lines.size() >= COPY_CHUNK_BYTES) {
                send(copy, lines);
            }
        }
        send(copy, lines);
        copy.endCopy();
    }

    private static void send(CopyIn copy, CopyText lines) throws SQLException {
        byte[] bytes = lines.take();
        copy.writeToCopy(bytes, 0, bytes.length);
    }

    private Map<SinkTable, List<SinkItem>> sort(SinkBatch batch, List<Delivery.RefusedItem> unfit) {
        Map<SinkTable, List<SinkItem>> sorted = new LinkedHashMap<>();
        for (SinkItem item : batch.items()) {
            String feed = PostgresSinks.feed(item);
            SinkTable table = tables.get(feed);
            if (table == null) {
                unfit.add(
                        new Delivery.RefusedItem(
                                item.position(),
                                "no-table",
                                "the sink has no table for %s any more".formatted(feed)));
                continue;
            }
            Optional<String> reason = table.unfit(item);
            if (reason.isPresent()) {
                unfit.add(
                        new Delivery.RefusedItem(
                                item.position(),
                                "unfit-text",
                                "%s cannot hold it: %s".formatted(system, reason.get())));
                continue;
            }
            sorted.computeIfAbsent(table, _ -> new ArrayList<>()).add(item);
        }
        return sorted;
    }

    @Override
    public void close() {
        pool.close();
    }
}
