package dev.millrace.connect.postgres;

import dev.millrace.connect.sink.Items;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.testing.system.RealPostgres;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real PostgreSQL, asked in SQL, and sinks into it. */
final class Database implements AutoCloseable {
    /** Generous: no test waits for it. */
    static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final RealPostgres server;

    private Database(RealPostgres server) {
        this.server = server;
    }

    /**
     * @param folder that holds nothing else
     */
    static Database start(Path folder) {
        return new Database(RealPostgres.start(folder.resolve("postgres")));
    }

    int port() {
        return server.port();
    }

    static String url(int port) {
        return "postgresql://postgres@localhost:%d/postgres".formatted(port);
    }

    Connection connect() throws SQLException {
        return server.connect();
    }

    void run(String... statements) {
        server.run(statements);
    }

    /** Rows of cells as PostgreSQL shows them, parted by {@code |}. */
    List<String> rows(String query) {
        return server.rows(query);
    }

    String one(String query) {
        return rows(query).getFirst();
    }

    /** Of all tables and cursors. */
    void clear() {
        run("drop schema public cascade", "create schema public");
    }

    static SinkContext context(
            List<String> from,
            Map<String, Object> settings,
            List<RowShape> shapes,
            Duration timeout) {
        return Items.context("postgres", from, settings, shapes, timeout);
    }

    static CursorSink open(SinkContext context) throws ConnectorException {
        return (CursorSink) new PostgresSinks(_ -> Optional.empty()).open(context);
    }

    /**
     * Opens a sink of {@link Items#VIEWS} into table {@code views}, with its cursor at 0 if it has
     * none.
     */
    static CursorSink views(String url, Duration timeout) throws ConnectorException {
        CursorSink sink =
                open(
                        context(
                                List.of("views"),
                                Map.of("url", url, "table", "views"),
                                List.of(Items.VIEWS),
                                timeout));
        if (sink.cursor().isEmpty()) {
            sink.reset(new SinkCursor(Items.OWNER, 0));
        }
        return sink;
    }

    CursorSink views() throws ConnectorException {
        return views(url(port()), TIMEOUT);
    }

    @Override
    public void close() {
        server.close();
    }
}
