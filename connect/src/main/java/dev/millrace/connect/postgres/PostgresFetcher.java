package dev.millrace.connect.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.connect.lookup.Attempt;
import dev.millrace.connect.lookup.Attempt.Answered;
import dev.millrace.connect.lookup.Attempt.Erred;
import dev.millrace.connect.lookup.Attempt.Unavailable;
import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.Fetcher;
import dev.millrace.connect.lookup.KeyText;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.Bound;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.pipeline.LookupSource;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
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

    /** Classes of SQLSTATE (PostgreSQL, appendix A) that say nothing about the query itself. */
    private static final Set<String> AWAY =
            Set.of(
                    "08", // The connection.
                    "53", // Out of resources.
                    "57", // Stopped by the server or its operator.
                    "58"); // The system around it.

    /** Classes of SQLSTATE of a query that may do better another time. */
    private static final Set<String> ERRED =
            Set.of(
                    "40", // Rolled back.
                    "55"); // Locked.

    /** Of class 57, but of this query alone: it took longer than the timeout. */
    private static final String CANCELED = "57014";

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
        // One more, so that the server's own timeout comes first and the connection lives on.
        Duration silence = timeout.plusSeconds(1);
        HikariConfig config = PostgresPool.config(address, CONNECTIONS_MAX, timeout, silence);
        config.setInitializationFailTimeout(-1);
        config.setReadOnly(true);
        config.setConnectionInitSql("set statement_timeout = " + timeout.toMillis());
        config.addDataSourceProperty("stringtype", "unspecified");
        config.addDataSourceProperty(RESULT_BOUND, Integer.toString(RESULT_BYTES_MAX));
        return config;
    }

    /** For operators. */
    public static List<Bound> bounds() {
        return List.of(
                new Bound(
                        "lookup.postgresConnections",
                        CONNECTIONS_MAX,
                        "connections",
                        "connections of one stage; further keys wait"),
                new Bound(
                        "lookup.postgresAnswerBytes",
                        RESULT_BYTES_MAX,
                        "bytes",
                        "an answer; past it the event is a dead letter"));
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
        if (String.valueOf(first.getMessage()).contains(RESULT_BOUND)) {
            // The driver calls it a broken connection, but asking again would not help.
            return new Answered(
                    new Answer.Failed(
                            "lookup-too-large",
                            "%s answered more than %d KiB"
                                    .formatted(name, RESULT_BYTES_MAX >> 10)));
        }
        if (e instanceof SQLTransientConnectionException) {
            return new Unavailable("lookup-unreachable", sentence("gave no connection", state));
        }
        String kind = state.length() < 2 ? "08" : state.substring(0, 2);
        if (state.equals(CANCELED) || ERRED.contains(kind)) {
            return new Erred("lookup-unreachable", sentence("broke the query off", state));
        }
        if (AWAY.contains(kind)) {
            return new Unavailable("lookup-unreachable", sentence("cannot answer now", state));
        }
        return new Answered(
                new Answer.Failed(
                        "lookup-sql-" + state.toLowerCase(Locale.ROOT),
                        sentence("refused the query", state)));
    }

    /** Without the server's own words, which may hold the key: a person's address, say. */
    private String sentence(String what, String state) {
        return "%s %s (%s)"
                .formatted(name, what, state.isEmpty() ? "no SQLSTATE" : "SQLSTATE " + state);
    }

    @Override
    public void close() {
        pool.close();
    }
}
