package dev.millrace.connect.postgres;

import dev.millrace.core.event.Json;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A row of a result as plain values, by column label, in the order of the columns.
 *
 * <p>Integers become Long, other numbers Double, and texts if a Double cannot hold them, such as
 * NaN; {@code timestamptz} and {@code timestamp}, the latter taken as UTC, epoch milliseconds;
 * {@code json} and {@code jsonb} what they hold; arrays lists. All else is as PostgreSQL writes it.
 */
final class RowValues {
    private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private RowValues() {}

    static Map<String, @Nullable Object> of(ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            values.put(columns.getColumnLabel(i), value(row, i, columns.getColumnTypeName(i)));
        }
        return Collections.unmodifiableMap(values);
    }

    private static @Nullable Object value(ResultSet row, int column, String type)
            throws SQLException {
        return switch (type) {
            case "bool" -> row.getObject(column, Boolean.class);
            case "int2",
                    "int4",
                    "int8",
                    "serial",
                    "bigserial",
                    "oid",
                    "numeric",
                    "float4",
                    "float8" ->
                    number(row.getString(column));
            case "json", "jsonb" -> json(row.getString(column));
            case "timestamptz" -> {
                OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
                yield time == null ? null : (Object) epochMs(time);
            }
            case "timestamp" -> {
                LocalDateTime time = row.getObject(column, LocalDateTime.class);
                yield time == null ? null : (Object) epochMs(time.atOffset(ZoneOffset.UTC));
            }
            default ->
                    row.getObject(column) instanceof Array array
                            ? list((Object[]) array.getArray())
                            : row.getString(column);
        };
    }

    private static long epochMs(OffsetDateTime time) {
        return time.toInstant().toEpochMilli();
    }

    private static @Nullable Object json(@Nullable String text) {
        return text == null ? null : Json.decode(text.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable Object number(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return number(new BigDecimal(text));
        } catch (NumberFormatException e) {
            // NaN and the infinities.
            return text;
        }
    }

    private static Object number(BigDecimal number) {
        boolean integer = number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
        if (integer && number.abs().compareTo(LONG_MAX) <= 0) {
            return number.longValue();
        }
        double rounded = number.doubleValue();
        return Double.isFinite(rounded) ? rounded : number.toPlainString();
    }

    private static List<@Nullable Object> list(@Nullable Object[] elements) {
        List<@Nullable Object> list = new ArrayList<>();
        for (Object element : elements) {
            list.add(
                    switch (element) {
                        case null -> null;
                        case Object[] inner -> list(inner);
                        case Boolean flag -> flag;
                        case Long number -> number;
                        case Integer number -> number.longValue();
                        case Short number -> number.longValue();
                        case Number number -> number(number.toString());
                        default -> element.toString();
                    });
        }
        return Collections.unmodifiableList(list);
    }
}
