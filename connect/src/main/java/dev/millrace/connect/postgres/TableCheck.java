package dev.millrace.connect.postgres;

import dev.millrace.core.connector.ConnectorException;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Holds a table against what a sink needs, and makes it if it is not there. */
final class TableCheck {
    /** So that two sinks that begin at the same time do not make the same table. */
    private static final long LOCK = 0x6d696c6c72616365L;

    private static final int PROBLEMS_TOLD_MAX = 5;

    private static final String COLUMNS =
            """
            SELECT a.attname, t.typname, format_type(a.atttypid, a.atttypmod),
                   a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
            """;

    /** Unique indexes over plain columns and all rows, each with its columns in some order. */
    private static final String INDEXES =
            """
            SELECT i.indnullsnotdistinct,
                   array_to_string(ARRAY(
                       SELECT a.attname FROM pg_attribute a
                       WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1])
                       ORDER BY 1), E'\\n')
            FROM pg_index i
            WHERE i.indrelid = to_regclass(?) AND i.indisunique AND i.indisvalid AND i.indimmediate
                  AND i.indpred IS NULL AND i.indexprs IS NULL
            """;

    private final Connection connection;
    private final String system;

    private record Found(String type, String shown, boolean mustBeGiven) {}

    /** In one transaction, which the caller ends. */
    TableCheck(Connection connection, String system) {
        this.connection = connection;
        this.system = system;
    }

    /**
     * Makes the tables that are missing, and looks at the others.
     *
     * @throws ConnectorException if one is of another shape; names table, column, what must be
     *     there and what is
     */
    void require(List<SinkTable> tables, CursorTable cursors)
            throws SQLException, ConnectorException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
            if (!exists(cursors.name())) {
                statement.execute(cursors.creation());
            }
            for (SinkTable table : tables) {
                if (exists(table.name())) {
                    compare(table);
                } else {
                    create(table, statement);
                }
            }
        }
    }

    /** Asked first, since CREATE … IF NOT EXISTS needs the right to create where it need not. */
    private boolean exists(TableName table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT to_regclass(?)")) {
            query.setString(1, table.quoted());
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getString(1) != null;
            }
        }
    }

    private static void create(SinkTable table, Statement statement) throws SQLException {
        statement.execute(
                "CREATE TABLE %s (%s) WITH (fillfactor = %d)"
                        .formatted(
                                table.name().quoted(),
                                table.columns().stream()
                                        .map(Column::definition)
                                        .collect(Collectors.joining(", ")),
                                table.fillFactor()));
        statement.execute(index(table));
    }

    private static String index(SinkTable table) {
        return "CREATE UNIQUE INDEX ON %s (%s) NULLS NOT DISTINCT"
                .formatted(
                        table.name().quoted(),
                        table.key().stream()
                                .map(TableName::quote)
                                .collect(Collectors.joining(", ")));
    }

    private void compare(SinkTable table) throws SQLException, ConnectorException {
        List<String> problems = new ArrayList<>();
        Map<String, Found> found = found(table);
        if (found.isEmpty()) {
            problems.add("it is not a table with columns");
        }
        for (Column column : table.columns()) {
            Found one = found.remove(column.name());
            if (one == null) {
                problems.add(
                        "it has no column %s, expected %s; ALTER TABLE %s ADD COLUMN %s %s mends it"
                                .formatted(
                                        column.name(),
                                        column.type().sql(),
                                        table.name().quoted(),
                                        column.quoted(),
                                        column.type().sql()));
            } else if (!column.type().accepts(one.type())) {
                problems.add(
                        "column %s is %s, expected %s"
                                .formatted(column.name(), one.shown(), column.type().sql()));
            } else if (column.isNullable() && one.mustBeGiven()) {
                problems.add("column %s is NOT NULL, but may be null".formatted(column.name()));
            }
        }
        found.forEach((name, one) -> {
            if (one.mustBeGiven()) {
                problems.add(
                        "column %s, which the sink does not know, is NOT NULL without a default"
                                .formatted(name));
            }
        });
        if (problems.isEmpty() && !isIndexed(table)) {
            problems.add(
                    "it has no unique index over its key; %s makes one".formatted(index(table)));
        }
        if (!problems.isEmpty()) {
            throw ConnectorException.lasting(
                    "%s has table %s of another shape: %s"
                            .formatted(
                                    system,
                                    table.name(),
                                    problems.stream()
                                            .limit(PROBLEMS_TOLD_MAX)
                                            .collect(Collectors.joining("; "))));
        }
    }

    private Map<String, Found> found(SinkTable table) throws SQLException {
        Map<String, Found> found = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
            query.setString(1, table.name().quoted());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    found.put(
                            row.getString(1),
                            new Found(row.getString(2), row.getString(3), row.getBoolean(4)));
                }
            }
        }
        return found;
    }

    private boolean isIndexed(SinkTable table) throws SQLException {
        Set<String> key = new HashSet<>(table.key());
        boolean mayBeNull =
                table.columns().stream()
                        .anyMatch(column -> key.contains(column.name()) && column.isNullable());
        try (PreparedStatement query = connection.prepareStatement(INDEXES)) {
            query.setString(1, table.name().quoted());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    Set<String> columns = Set.of(row.getString(2).split("\n"));
                    if (columns.equals(key) && (row.getBoolean(1) || !mayBeNull)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
