package dev.millrace.connect.table;

import dev.millrace.connect.lookup.UnusableSourceException;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.csv.CsvMapper;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table in CSV: commas, double quotes, the names of the columns in the first row. Blank lines are
 * skipped. Keys are compared as text; what the values of a column become, {@link ColumnType} says.
 * For one file.
 */
final class CsvTable {
    private static final CsvMapper CSV = new CsvMapper();

    private final JsonParser parser;
    private final List<Cells> rows = new ArrayList<>();

    /** A row of the file, and the line where it begins. */
    private record Cells(int line, String[] texts) {}

    private CsvTable(JsonParser parser) {
        this.parser = parser;
    }

    static Table read(String text, Optional<String> column) throws UnusableSourceException {
        try (JsonParser parser = CSV.createParser(text)) {
            return new CsvTable(parser).read(column);
        } catch (JacksonException e) {
            throw new UnusableSourceException(
                    "line %d is no CSV: %s"
                            .formatted(
                                    e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                                    e.getOriginalMessage()),
                    e);
        }
    }

    private Table read(Optional<String> column) throws UnusableSourceException {
        List<String> columns = columns();
        int keyColumn = column.isEmpty() ? 0 : columns.indexOf(column.get());
        if (keyColumn < 0) {
            throw new UnusableSourceException(
                    "it has no column '%s', only %s"
                            .formatted(column.orElseThrow(), String.join(", ", columns)));
        }
        readRows(columns);
        if (rows.isEmpty()) {
            throw new UnusableSourceException("it has no rows below the names of its columns");
        }
        return new Table(byKey(columns, keyColumn));
    }

    private List<String> columns() throws UnusableSourceException {
        Cells header = next();
        if (header == null) {
            throw new UnusableSourceException("it is empty; its first row has to name the columns");
        }
        Set<String> seen = new HashSet<>();
        for (String name : header.texts) {
            if (name.isBlank()) {
                throw new UnusableSourceException("a column has no name in its first row");
            }
            if (!seen.add(name)) {
                throw new UnusableSourceException("two columns are called '%s'".formatted(name));
            }
        }
        return List.of(header.texts);
    }

    private void readRows(List<String> columns) throws UnusableSourceException {
        for (Cells row = next(); row != null; row = next()) {
            if (row.texts.length != columns.size()) {
                throw new UnusableSourceException(
                        "line %d has %d cells, but there are %d columns"
                                .formatted(row.line, row.texts.length, columns.size()));
            }
            rows.add(row);
            Table.checkRows(rows.size());
        }
    }

    /** The next row that is not blank, null at the end. */
    private @Nullable Cells next() {
        JsonToken token = parser.nextToken();
        while (token == JsonToken.START_ARRAY) {
            List<String> cells = new ArrayList<>();
            int line = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (cells.isEmpty()) {
                    line = parser.currentTokenLocation().getLineNr();
                }
                cells.add(parser.getString());
            }
            if (cells.size() > 1 || !cells.getFirst().isBlank()) {
                return new Cells(line, cells.toArray(String[]::new));
            }
            token = parser.nextToken();
        }
        return null;
    }

    private Map<String, Object> byKey(List<String> columns, int keyColumn)
            throws UnusableSourceException {
        List<ColumnType> types = types(columns.size());
        Map<String, Object> byKey = HashMap.newHashMap(rows.size());
        Map<String, Integer> lines = HashMap.newHashMap(rows.size());
        for (Cells row : rows) {
            String key = row.texts[keyColumn];
            if (key.isEmpty()) {
                throw new UnusableSourceException(
                        "line %d has no %s".formatted(row.line, columns.get(keyColumn)));
            }
            Integer firstLine = lines.putIfAbsent(key, row.line);
            if (firstLine != null) {
                throw Table.duplicate(key, row.line, firstLine);
            }
            byKey.put(key, new TableRow(columns, values(types, row)));
        }
        return byKey;
    }

    private static @Nullable Object[] values(List<ColumnType> types, Cells row) {
        @Nullable Object[] values = new Object[types.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = types.get(i).value(row.texts[i]);
        }
        return values;
    }

    private List<ColumnType> types(int columns) {
        List<ColumnType> types = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            int column = i;
            types.add(ColumnType.of(rows.stream().map(row -> row.texts[column])));
        }
        return types;
    }
}
