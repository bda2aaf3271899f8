package dev.millrace.connect.table;

import org.jspecify.annotations.Nullable;

import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the cells of a CSV column become. A column is one of numbers if all its cells are, so that a
 * value never changes its type from row to row; empty cells are null in any column.
 */
enum ColumnType {
    /** An integer becomes a Long, a decimal a Double. */
    NUMBER,
    TEXT;

    /**
     * Digits with a point at most: what starts with a zero is a code, not a number, and what has an
     * exponent is more likely a hash. So long that a Long holds it and a Double keeps its digits.
     */
    private static final Pattern NUMERIC =
            Pattern.compile("-?(?:0|[1-9]\\d{0,17}|(?=[\\d.]{3,16}$)(?:0|[1-9]\\d*)\\.\\d+)");

    static ColumnType of(Stream<String> cells) {
        boolean numeric = cells.allMatch(cell -> cell.isEmpty() || NUMERIC.matcher(cell).matches());
        return numeric ? NUMBER : TEXT;
    }

    @Nullable Object value(String cell) {
        if (cell.isEmpty()) {
            return null;
        }
        return switch (this) {
            case TEXT -> cell;
            case NUMBER ->
                    cell.indexOf('.') < 0 ? (Object) Long.valueOf(cell) : Double.valueOf(cell);
        };
    }
}
