package dev.millrace.testing;

import dev.millrace.core.aggregate.Row;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A row as tests compare it: without its revision.
 *
 * @param group in the order of {@code by}
 * @param values in the order of the definition
 */
public record RowState(
        String aggregate,
        long windowStartMs,
        List<@Nullable Object> group,
        List<@Nullable Object> values,
        boolean isFinal) {
    public RowState {
        group = copy(group);
        values = copy(values);
    }

    /** An early row; whole numbers may be given as {@code int}. */
    public static RowState row(String aggregate, long windowStartMs, @Nullable Object... values) {
        return new RowState(aggregate, windowStartMs, List.of(), plain(values), false);
    }

    static RowState of(Row row) {
        return new RowState(
                row.aggregate(),
                row.windowStartMs(),
                new ArrayList<>(row.group().values()),
                new ArrayList<>(row.values().values()),
                row.isFinal());
    }

    public RowState group(@Nullable Object... fields) {
        return new RowState(aggregate, windowStartMs, plain(fields), values, isFinal);
    }

    public RowState fin() {
        return new RowState(aggregate, windowStartMs, group, values, true);
    }

    RowState early() {
        return new RowState(aggregate, windowStartMs, group, values, false);
    }

    private static List<@Nullable Object> copy(List<@Nullable Object> list) {
        return Collections.unmodifiableList(new ArrayList<>(list));
    }

    private static List<@Nullable Object> plain(@Nullable Object[] given) {
        List<@Nullable Object> plain = new ArrayList<>();
        for (Object one : given) {
            plain.add(one instanceof Integer number ? (Object) number.longValue() : one);
        }
        return plain;
    }

    @Override
    public String toString() {
        return "%s %d %s %s%s"
                .formatted(aggregate, windowStartMs, group, values, isFinal ? " final" : "");
    }
}
