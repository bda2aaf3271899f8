package dev.millrace.testing;

import dev.millrace.core.aggregate.Row;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * A row as tests compare it: without its revision.
 *
 * @param windowEndMs empty where a test does not say
 * @param group in the order of {@code by}
 * @param values in the order of the definition; empty for a row that is retracted
 * @param isRetracted whether a session took its place
 */
public record RowState(
        String aggregate,
        long windowStartMs,
        OptionalLong windowEndMs,
        List<@Nullable Object> group,
        List<@Nullable Object> values,
        boolean isFinal,
        boolean isRetracted) {
    public RowState {
        group = copy(group);
        values = copy(values);
    }

    RowState(
            String aggregate,
            long windowStartMs,
            long windowEndMs,
            List<@Nullable Object> group,
            List<@Nullable Object> values,
            boolean isFinal) {
        this(aggregate, windowStartMs, OptionalLong.of(windowEndMs), group, values, isFinal, false);
    }

    /** An early row; whole numbers may be given as {@code int}. */
    public static RowState row(String aggregate, long windowStartMs, @Nullable Object... values) {
        return new RowState(
                aggregate,
                windowStartMs,
                OptionalLong.empty(),
                List.of(),
                plain(values),
                false,
                false);
    }

    static RowState of(Row row) {
        return new RowState(
                row.aggregate(),
                row.windowStartMs(),
                OptionalLong.of(row.windowEndMs()),
                new ArrayList<>(row.group().values()),
                row.isRetracted() ? List.of() : new ArrayList<>(row.values().values()),
                row.isFinal(),
                row.isRetracted());
    }

    public RowState group(@Nullable Object... fields) {
        return new RowState(
                aggregate, windowStartMs, windowEndMs, plain(fields), values, isFinal, isRetracted);
    }

    /** Says when the window ends. */
    public RowState until(long endMs) {
        return new RowState(
                aggregate,
                windowStartMs,
                OptionalLong.of(endMs),
                group,
                values,
                isFinal,
                isRetracted);
    }

    RowState withoutEnd() {
        return new RowState(
                aggregate,
                windowStartMs,
                OptionalLong.empty(),
                group,
                values,
                isFinal,
                isRetracted);
    }

    public RowState fin() {
        return new RowState(
                aggregate, windowStartMs, windowEndMs, group, values, true, isRetracted);
    }

    /** The row that a session took the place of, which tells nothing any more. */
    public RowState retracted() {
        return new RowState(aggregate, windowStartMs, windowEndMs, group, List.of(), true, true);
    }

    RowState early() {
        return new RowState(
                aggregate, windowStartMs, windowEndMs, group, values, false, isRetracted);
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
        String end = windowEndMs.isPresent() ? "-" + windowEndMs.getAsLong() : "";
        return "%s %d%s %s %s%s"
                        .formatted(
                                aggregate,
                                windowStartMs,
                                end,
                                group,
                                values,
                                isFinal ? " final" : "")
                + (isRetracted ? " retracted" : "");
    }
}
