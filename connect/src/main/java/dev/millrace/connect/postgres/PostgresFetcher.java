package dev.millrace.connect.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.connect.lookup.Attempt;
import dev.millrace.connect.lookup.Attempt.Answered;
import dev.millrace.connect.lookup.Attempt.Unavailable;
import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.Fetcher;
import dev.millrace.connect.lookup.KeyText;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.pipeline.LookupSource;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * Asks PostgreSQL. The first row is what is found, no row nothing.
 *
 * <p>The key is sent as text of a type that the server infers, so {@code where id = ?} is right for
 * a column of texts and for one of numbers.
 */
public final class PostgresFetcher implements Fetcher {
    /** Connections of one stage, and so queries at the same time. */
    static final int CONNECTIONS_MAX = 4;

    /** Of one result; a larger one breaks the query off. */
    static final int RESULT_BYTES_MAX = 1 << 20;

    /** The driver's property for it, which its message names too. */
    private static final String RESULT_BOUND = "maxResultBuffer";

    /** The pool's own least. */
    private static final long POOL_TIMEOUT_MS_MIN = 250;

    /** Classes of SQLSTATE (PostgreSQL, appendix A) that say nothing about the query itself. */
    private static final Set<String> TRY_AGAIN =
            Set.of(
                    "08", // The connection.
                    "40", // Rolled back.
                    "53", // Out of resources.
                    "55", // Locked.
                    "57", // Stopped by the server or its operator, the timeout too.
                    "58"); // The system around it.

    private final String query;
    private final String name;
    private final HikariDataSource pool;

    private PostgresFetcher(String query, PostgresAddress address, Duration timeout) {
        this.query = query;
        this.name = address.name();
        this.pool = new HikariDataSource(config(address, timeout));
    }

    /**
     * Connects when the first key is asked for.
     *
     * @param timeout for a connection, and again for the query
     * @throws UnusableSourceException if a variable is not set, or the URL cannot be read
     */
    public static PostgresFetcher open(
            LookupSource.Postgres source, Duration timeout, Environment environment)
            throws UnusableSourceException {
        return new PostgresFetcher(
                source.query(), PostgresAddress.parse(source.url(), environment), timeout);
    }

    /** As {@link #open}, but only looks whether it would do. */
    public static void check(LookupSource.Postgres source, Environment environment)
            throws UnusableSourceException {
        PostgresAddress _ = PostgresAddress.parse(source.url(), environment);
    }

    private static HikariConfig config(PostgresAddress address, Duration timeout) {
        long timeoutMs = Math.max(timeout.toMillis(), POOL_TIMEOUT_MS_MIN);
        String seconds = Long.toString(Math.ceilDiv(timeoutMs, 1_000));
        HikariConfig config = new HikariConfig();
        config.setPoolName("millrace " + address.name());
        config.setJdbcUrl(address.jdbcUrl());
        address.user().ifPresent(config::setUsername);
        address.password().ifPresent(config::setPassword);
        config.setMaximumPoolSize(CONNECTIONS_MAX);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(timeoutMs);
        config.setValidationTimeout(timeoutMs);
        config.setReadOnly(true);
        config.setConnectionInitSql("set statement_timeout = " + timeout.toMillis());
        config.addDataSourceProperty("ApplicationName", "millrace");
        config.addDataSourceProperty("stringtype", "unspecified");
        config.addDataSourceProperty(RESULT_BOUND, Integer.toString(RESULT_BYTES_MAX));
        config.addDataSourceProperty("connectTimeout", seconds);
        config.addDataSourceProperty("loginTimeout", seconds);
        // One more, so that the server's own timeout comes first and the connection lives on.
        config.addDataSourceProperty(
                "socketTimeout", Long.toString(Math.ceilDiv(timeoutMs, 1_000) + 1));
        return config;
    }

    @Override
    public int concurrency() {
        return CONNECTIONS_MAX;
    }

    @Override
    public Attempt fetch(Object key) {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setMaxRows(1);
            statement.setString(1, KeyText.of(key));
            try (ResultSet rows = statement.executeQuery()) {
                return new Answered(
                        rows.next() ? new Answer.Found(RowValues.of(rows)) : new Answer.Nothing());
            }
        } catch (SQLException e) {
            return failed(e);
        }
    }

    private Attempt failed(SQLException e) {
        // The pool says only that it has no connection; why, says the cause.
        SQLException first = e.getCause() instanceof SQLException cause ? cause : e;
        String state = first.getSQLState() == null ? "" : first.getSQLState();
        String reason = String.valueOf(first.getMessage()).replaceAll("\\s+", " ");
        if (reason.contains(RESULT_BOUND)) {
            // The driver calls it a broken connection, but asking again would not help.
            return new Answered(
                    new Answer.Failed(
                            "lookup-too-large",
                            "%s answered more than %d KiB"
                                    .formatted(name, RESULT_BYTES_MAX >> 10)));
        }
        String message = name + ": " + reason;
        boolean noConnection = e instanceof SQLTransientConnectionException;
        if (noConnection || state.length() < 2 || TRY_AGAIN.contains(state.substring(0, 2))) {
            return new Unavailable("lookup-unreachable", message);
        }
        return new Answered(
                new Answer.Failed("lookup-sql-" + state.toLowerCase(Locale.ROOT), message));
    }

    @Override
    public void close() {
        pool.close();
    }
}
