package dev.millrace.connect.postgres;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.RowShape.GroupField;
import dev.millrace.core.connector.RowShape.ValueField;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.event.Json;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The table of an aggregate: a row a window and group, of which the higher revision stays.
 *
 * <p>A group field is a text, as people filter by it. But a group {@code 5} and a group {@code "5"}
 * are two, so where fields may be other than texts, {@link #KINDS} tells them apart: a digit of
 * base three a field, the first the lowest; 0 a text or null, 1 a number, 2 a boolean.
 */
final class RowTable implements SinkTable {
    private static final String START = "window_start";
    private static final String END = "window_end";
    private static final String REVISION = "revision";
    private static final String FINAL = "final";
    private static final String KINDS = "group_kinds";
    private static final Column RETRACTED = Column.required("retracted", PgType.BOOLEAN);

    private final TableName name;
    private final RowShape shape;
    private final boolean hasKinds;
    private final List<Column> columns = new ArrayList<>();
    private final List<String> key = new ArrayList<>();

    RowTable(TableName name, RowShape shape) {
        this.name = name;
        this.shape = shape;
        this.hasKinds = shape.group().stream().anyMatch(field -> !field.isText());
        List<String> groups = groupColumns(shape);
        columns.add(Column.required(START, PgType.TIME));
        columns.add(Column.required(END, PgType.TIME));
        for (int i = 0; i < groups.size(); i++) {
            boolean isText = shape.group().get(i).isText();
            columns.add(new Column(groups.get(i), PgType.TEXT, !isText));
        }
        for (ValueField value : shape.values()) {
            columns.add(Column.optional(value.name(), typeOf(value)));
        }
        columns.add(Column.required(REVISION, PgType.BIGINT));
        columns.add(Column.required(FINAL, PgType.BOOLEAN));
        key.add(START);
        key.addAll(groups);
        if (hasKinds) {
            columns.add(Column.required(KINDS, PgType.INTEGER));
            key.add(KINDS);
        }
    }

    private static PgType typeOf(ValueField value) {
        return switch (value.type()) {
            case INTEGER -> PgType.BIGINT;
            // Exact for every Long, and for every Double as it is written.
            case NUMBER -> PgType.NUMERIC;
            case LIST -> PgType.JSON;
        };
    }

    /**
     * {@code data.path} becomes {@code path}, and {@code data_path} where another column has that
     * name.
     */
    private static List<String> groupColumns(RowShape shape) {
        Set<String> taken = new HashSet<>(Set.of(START, END, REVISION, FINAL, KINDS));
        shape.values().forEach(value -> taken.add(value.name()));
        Map<String, Integer> uses = new HashMap<>();
        shape.group().forEach(field -> uses.merge(shortName(field), 1, Integer::sum));
        return shape.group().stream()
                .map(field -> {
                    String shorter = shortName(field);
                    return taken.contains(shorter) || uses.getOrDefault(shorter, 0) > 1
                            ? field.path().replace('.', '_')
                            : shorter;
                })
                .toList();
    }

    private static String shortName(GroupField field) {
        String path = field.path();
        return (path.startsWith("data.") ? path.substring("data.".length()) : path)
                .replace('.', '_');
    }

    /** Why rows of that shape cannot be a table, as one sentence. */
    static Optional<String> problem(RowShape shape) {
        Set<String> seen = new HashSet<>();
        for (Column column : new RowTable(new TableName(Optional.empty(), "t"), shape).columns) {
            if (!seen.add(column.name())) {
                return Optional.of(
                        "two columns of aggregate %s would be named %s; rename the value"
                                .formatted(shape.aggregate(), column.name()));
            }
            if (!TableName.fits(column.name())) {
                return Optional.of(
                        "the column %s of aggregate %s would be longer than %d bytes"
                                .formatted(
                                        column.name(),
                                        shape.aggregate(),
                                        TableName.NAME_BYTES_MAX));
            }
        }
        return Optional.empty();
    }

    @Override
    public TableName name() {
        return name;
    }

    @Override
    public List<Column> columns() {
        return columns;
    }

    @Override
    public List<String> key() {
        return key;
    }

    /**
     * So that newer states of rows find room in the page of the older: no index has to know of them
     * then (PostgreSQL, "Heap-Only Tuples"), and they are written half as fast again and more.
     */
    @Override
    public int fillFactor() {
        return 70;
    }

    @Override
    public List<Column> marks() {
        return List.of(RETRACTED);
    }

    @Override
    public Optional<String> unfit(SinkItem item) {
        if (item instanceof SinkItem.RowItem(long _, Row row, byte[] _)) {
            for (Object value : row.group().values()) {
                Optional<String> unfit =
                        value instanceof String text ? Texts.unfit(text) : Optional.empty();
                if (unfit.isPresent()) {
                    return unfit;
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void write(SinkItem item, CopyText out) {
        if (!(item instanceof SinkItem.RowItem(long _, Row row, byte[] _))) {
            return;
        }
        out.cell(row.windowStartMs()).cell(row.windowEndMs());
        int kinds = 0;
        int digit = 1;
        for (GroupField field : shape.group()) {
            Object value = row.group().get(field.path());
            out.cell(text(value));
            if (!field.isText()) {
                kinds += digit * kind(value);
                digit *= 3;
            }
        }
        for (ValueField field : shape.values()) {
            Object value = row.isRetracted() ? null : row.values().get(field.name());
            out.cell(text(value));
        }
        out.cell(row.revision()).cell(row.isFinal());
        if (hasKinds) {
            out.cell(kinds);
        }
        out.cell(row.isRetracted()).endLine();
    }

    private static @Nullable Object text(@Nullable Object value) {
        return value == null || value instanceof String
                ? value
                : new String(Json.encode(value), StandardCharsets.UTF_8);
    }

    private static int kind(@Nullable Object value) {
        return switch (value) {
            case Number _ -> 1;
            case Boolean _ -> 2;
            case null, default -> 0;
        };
    }

    @Override
    public List<String> merge(String staging, List<SinkItem> items) {
        List<String> statements = new ArrayList<>();
        String changes =
                columns.stream()
                        .filter(column -> !key.contains(column.name()))
                        .map(column -> column.quoted() + " = excluded." + column.quoted())
                        .collect(Collectors.joining(", "));
        statements.add(
                insert(staging, "WHERE NOT s.retracted")
                        + "UPDATE SET %s WHERE t.revision < excluded.revision".formatted(changes));
        // Where there are none it would look through the table all the same.
        if (items.stream().anyMatch(RowTable::isRetracted)) {
            statements.add(
                    "DELETE FROM %s t USING %s s WHERE s.retracted AND %s AND t.revision < s.revision"
                            .formatted(name.quoted(), staging, same()));
        }
        return statements;
    }

    private static boolean isRetracted(SinkItem item) {
        return item instanceof SinkItem.RowItem(long _, Row row, byte[] _) && row.isRetracted();
    }

    /** That a row of the table {@code t} is that of the staging table {@code s}. */
    private String same() {
        return columns.stream()
                .filter(column -> key.contains(column.name()))
                .map(column ->
                        "t.%s %s %s"
                                .formatted(
                                        column.quoted(),
                                        // Only this one can use the index.
                                        column.isNullable() ? "IS NOT DISTINCT FROM" : "=",
                                        column.fromStaging()))
                .collect(Collectors.joining(" AND "));
    }
}
