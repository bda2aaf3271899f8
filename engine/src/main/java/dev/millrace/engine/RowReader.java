package dev.millrace.engine;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.Row;
import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/** Answers queries from the committed rows of one aggregate. Its memory is bounded by the page. */
final class RowReader {
    private final WindowRows stored;
    private final Aggregation aggregation;

    RowReader(WindowRows stored, Aggregation aggregation) {
        this.stored = stored;
        this.aggregation = aggregation;
    }

    RowPage read(RowQuery query) {
        checkGroupFields(query);
        long fromMs = query.fromMs().orElse(Long.MIN_VALUE);
        long toMs = query.toMs().orElse(Long.MAX_VALUE);
        if (query.latest()) {
            OptionalLong newest = stored.newestWindowStart(aggregation.number());
            if (newest.isEmpty()) {
                return new RowPage(List.of(), Optional.empty());
            }
            fromMs = Math.max(fromMs, newest.getAsLong());
            toMs = Math.min(toMs, newest.getAsLong() + 1);
        }
        return query.order().isPresent()
                ? ordered(query, fromMs, toMs)
                : byPlace(query, fromMs, toMs);
    }

    private void checkGroupFields(RowQuery query) {
        List<String> by = aggregation.definition().by().stream().map(Object::toString).toList();
        for (String field : query.group().keySet()) {
            if (!by.contains(field)) {
                throw new IllegalArgumentException(
                        aggregation.name() + " is not grouped by " + field + ", but by " + by);
            }
        }
    }

    private RowPage byPlace(RowQuery query, long fromMs, long toMs) {
        List<Row> rows = new ArrayList<>();
        List<WindowRows.Place> places = new ArrayList<>();
        WindowRows.Place after = query.after().map(RowReader::place).orElse(null);
        boolean[] more = new boolean[1];
        stored.rows(
                aggregation.number(),
                fromMs,
                toMs,
                after,
                (startMs, group, value) -> {
                    Row row = aggregation.row(startMs, group, value);
                    if (!matches(row, query.group())) {
                        return true;
                    }
                    if (rows.size() == query.limit()) {
                        more[0] = true;
                        return false;
                    }
                    rows.add(row);
                    places.add(new WindowRows.Place(startMs, group));
                    return true;
                });
        return new RowPage(
                rows, more[0] ? Optional.of(cursor(places.getLast())) : Optional.empty());
    }

    /**
     * The best rows by one value; further pages count from the first, as rows may change places
     * meanwhile.
     */
    private RowPage ordered(RowQuery query, long fromMs, long toMs) {
        String order = query.order().orElseThrow();
        boolean descending = order.startsWith("-");
        String name = descending ? order.substring(1) : order;
        List<String> names =
                aggregation.definition().values().stream().map(value -> value.name()).toList();
        if (!names.contains(name)) {
            throw new IllegalArgumentException(
                    aggregation.name() + " has no value " + name + " to order by, but " + names);
        }
        int skip = query.after().map(RowReader::position).orElse(0);
        int needed = skip + query.limit() + 1;
        Comparator<Row> byValue = Comparator.comparingDouble(row -> number(row.values().get(name)));
        Comparator<Row> best = descending ? byValue.reversed() : byValue;
        PriorityQueue<Row> kept = new PriorityQueue<>(best.reversed());
        stored.rows(
                aggregation.number(),
                fromMs,
                toMs,
                null,
                (startMs, group, value) -> {
                    Row row = aggregation.row(startMs, group, value);
                    if (matches(row, query.group())) {
                        kept.add(row);
                        if (kept.size() > needed) {
                            kept.remove();
                        }
                    }
                    return true;
                });
        List<Row> sorted = kept.stream().sorted(best).skip(skip).toList();
        boolean more = sorted.size() > query.limit();
        return new RowPage(
                more ? sorted.subList(0, query.limit()) : sorted,
                more ? Optional.of(String.valueOf(skip + query.limit())) : Optional.empty());
    }

    /** Nothing is less than any number. */
    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : Double.NEGATIVE_INFINITY;
    }

    private static boolean matches(Row row, Map<String, String> wanted) {
        return wanted.entrySet().stream()
                .allMatch(entry ->
                        String.valueOf(row.group().get(entry.getKey())).equals(entry.getValue()));
    }

    private static String cursor(WindowRows.Place place) {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[Long.BYTES + place.group().length]);
        byte[] array = bytes.putLong(place.windowStartMs()).put(place.group()).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(array);
    }

    private static WindowRows.Place place(String cursor) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
            long startMs = bytes.getLong();
            byte[] group = new byte[bytes.remaining()];
            bytes.get(group);
            return new WindowRows.Place(startMs, group);
        } catch (BufferUnderflowException | IllegalArgumentException broken) {
            throw new IllegalArgumentException(
                    "after must be the next of an earlier page, not " + cursor, broken);
        }
    }

    private static int position(String cursor) {
        try {
            int position = Integer.parseInt(cursor);
            if (position >= 0 && position <= RowQuery.MAX_LIMIT) {
                return position;
            }
        } catch (NumberFormatException noNumber) {
            // Falls through to the same sentence as a number out of range.
        }
        throw new IllegalArgumentException(
                "after must be the next of an earlier page, up to "
                        + RowQuery.MAX_LIMIT
                        + " rows from the first when ordered by a value, not "
                        + cursor);
    }
}
