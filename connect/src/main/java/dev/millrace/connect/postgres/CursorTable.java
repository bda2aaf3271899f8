package dev.millrace.connect.postgres;

import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkCursor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The table {@code millrace_sinks}: how far each sink is, a row a sink. It stands in the schema of
 * the sink's tables.
 */
record CursorTable(TableName name) {
    private static final String NAME = "millrace_sinks";

    static CursorTable beside(TableName table) {
        return new CursorTable(table.beside(NAME));
    }

    String creation() {
        return """
        CREATE TABLE %s (pipeline text NOT NULL, sink text NOT NULL, owner text NOT NULL,
            position bigint NOT NULL, changed timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (pipeline, sink))
        """
                .formatted(name.quoted());
    }

    Optional<SinkCursor> read(Connection connection, String pipeline, String sink)
            throws SQLException {
        String sql =
                "SELECT owner, position FROM %s WHERE pipeline = ? AND sink = ?"
                        .formatted(name.quoted());
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, pipeline);
            query.setString(2, sink);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(new SinkCursor(row.getString(1), row.getLong(2)))
                        : Optional.empty();
            }
        }
    }

    /** Moves it from where a batch begins to its end; false if it is elsewhere. Locks its row. */
    boolean move(Connection connection, SinkBatch batch) throws SQLException {
        String sql =
                """
                UPDATE %s SET position = ?, changed = now()
                WHERE pipeline = ? AND sink = ? AND owner = ? AND position = ?
                """
                        .formatted(name.quoted());
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setLong(1, batch.to());
            update.setString(2, batch.pipeline());
            update.setString(3, batch.sink());
            update.setString(4, batch.owner());
            update.setLong(5, batch.from());
            return update.executeUpdate() == 1;
        }
    }

    void set(Connection connection, String pipeline, String sink, SinkCursor cursor)
            throws SQLException {
        String sql =
                """
                INSERT INTO %s (pipeline, sink, owner, position) VALUES (?, ?, ?, ?)
                ON CONFLICT (pipeline, sink) DO
                UPDATE SET owner = excluded.owner, position = excluded.position, changed = now()
                """
                        .formatted(name.quoted());
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, pipeline);
            insert.setString(2, sink);
            insert.setString(3, cursor.owner());
            insert.setLong(4, cursor.position());
            insert.executeUpdate();
        }
    }
}
