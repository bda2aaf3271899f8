package dev.millrace.engine;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.Row;
import dev.millrace.core.aggregate.RowSource;
import dev.millrace.core.pipeline.Window;
import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Function;

/** Answers queries from the committed rows of one aggregate. Its memory is bounded by the page. */
final class RowReader {
    private final WindowRows stored;
    private final Aggregation aggregation;
    private final long watermarkMs;
    private final long nowMs;
    private final long floorMs;

    /**
     * @param watermarkMs as of the newest commit
     * @param nowMs the newest event, or the host's clock if that is later
     * @param floorMs what was stored up to then is gone, whatever the aggregate's {@code keep} is
     */
    RowReader(
            WindowRows stored,
            Aggregation aggregation,
            long watermarkMs,
            long nowMs,
            long floorMs) {
        this.stored = stored;
        this.aggregation = aggregation;
        this.watermarkMs = watermarkMs;
        this.nowMs = nowMs;
        this.floorMs = floorMs;
    }

    /**
     * @throws IllegalArgumentException if the query asks for what the aggregate does not have
     */
    RowPage read(RowQuery query) {
        List<String> by = aggregation.definition().by().stream().map(Object::toString).toList();
        GroupFilter groups = new GroupFilter(aggregation.name(), by, query.group());
        Rows rows = rows(query, groups);
        return query.order().isPresent()
                ? ordered(query, groups, rows)
                : byPlace(query, groups, rows);
    }

    /** Rows in the order of their places, those of the query's windows. */
    @FunctionalInterface
    private interface Rows {
        void visit(WindowRows.@Nullable Place after, RowSource.RowVisitor visitor);
    }

    private Rows rows(RowQuery query, GroupFilter groups) {
        RowSource source =
                query.rollup().isPresent()
                        ? RowSource.rolledUp(
                                aggregation, stored, query.rollup().get(), watermarkMs, nowMs)
                        : RowSource.of(aggregation, stored(groups), watermarkMs, nowMs, floorMs);
        long fromMs = query.fromMs().orElse(Long.MIN_VALUE);
        long toMs = query.toMs().orElse(Long.MAX_VALUE);
        if (!query.latest()) {
            return (after, visitor) -> source.rows(fromMs, toMs, after, visitor);
        }
        return (after, visitor) ->
                source.latest(
                        after,
                        row -> {
                            long startMs = row.place().windowStartMs();
                            return startMs < fromMs || startMs >= toMs || visitor.row(row);
                        });
    }

    /**
     * Of rows that are seen as they are stored, those of the groups that the query can mean. Where
     * rows are put together of others, which groups they have depends on all of them.
     */
    private WindowRows stored(GroupFilter groups) {
        return aggregation.definition().window() instanceof Window.Sliding
                ? stored
                : new RowsOfGroups(stored, groups.prefixes());
    }

    private RowPage byPlace(RowQuery query, GroupFilter groups, Rows source) {
        List<Row> rows = new ArrayList<>();
        List<WindowRows.Place> places = new ArrayList<>();
        boolean[] more = new boolean[1];
        source.visit(
                query.after().map(RowReader::place).orElse(null),
                found -> {
                    if (!groups.matches(found)) {
                        return true;
                    }
                    if (rows.size() == query.limit()) {
                        more[0] = true;
                        return false;
                    }
                    rows.add(found.row());
                    places.add(found.place());
                    return true;
                });
        return new RowPage(
                rows, more[0] ? Optional.of(cursor(places.getLast())) : Optional.empty());
    }

    /**
     * The best rows by one value, those of equal value by their place. A page begins behind the
     * last row of the one before, so none comes twice and none is left out while nothing changes.
     */
    private RowPage ordered(RowQuery query, GroupFilter groups, Rows source) {
        String order = query.order().orElseThrow();
        boolean descending = order.startsWith("-");
        String name = descending ? order.substring(1) : order;
        checkValue(name);
        Comparator<Ranked> best = Ranked.best(descending);
        Optional<Ranked> after = query.after().map(RowReader::ranked);
        PriorityQueue<Ranked> kept = new PriorityQueue<>(best.reversed());
        source.visit(
                null,
                found -> {
                    if (!groups.matches(found)) {
                        return true;
                    }
                    Row row = found.row();
                    Ranked ranked = new Ranked(number(row.values().get(name)), found.place(), row);
                    if (after.isEmpty() || best.compare(after.get(), ranked) < 0) {
                        kept.add(ranked);
                        if (kept.size() > query.limit() + 1) {
                            kept.remove();
                        }
                    }
                    return true;
                });
        List<Ranked> sorted = kept.stream().sorted(best).toList();
        boolean more = sorted.size() > query.limit();
        List<Ranked> page = more ? sorted.subList(0, query.limit()) : sorted;
        return new RowPage(
                page.stream().map(ranked -> Objects.requireNonNull(ranked.row())).toList(),
                more ? Optional.of(cursor(page.getLast())) : Optional.empty());
    }

    private void checkValue(String name) {
        List<String> names =
                aggregation.definition().values().stream().map(value -> value.name()).toList();
        if (!names.contains(name)) {
            throw new IllegalArgumentException(
                    "%s has no value %s to order by, but %s"
                            .formatted(aggregation.name(), name, names));
        }
    }

    /**
     * A row among the ordered ones.
     *
     * @param row null where only its rank is known
     */
    private record Ranked(double value, WindowRows.Place place, @Nullable Row row) {
        static Comparator<Ranked> best(boolean descending) {
            Comparator<Ranked> byValue = Comparator.comparingDouble(Ranked::value);
            return (descending ? byValue.reversed() : byValue)
                    .thenComparingLong(ranked -> ranked.place().windowStartMs())
                    .thenComparing(ranked -> ranked.place().group(), Arrays::compareUnsigned);
        }
    }

    /** Nothing is less than any number. */
    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : Double.NEGATIVE_INFINITY;
    }

    private static String cursor(WindowRows.Place place) {
        return text(bytes(0, place));
    }

    private static String cursor(Ranked ranked) {
        return text(bytes(Double.BYTES, ranked.place()).putDouble(0, ranked.value()));
    }

    /** A place behind {@code before} free bytes. */
    private static ByteBuffer bytes(int before, WindowRows.Place place) {
        return ByteBuffer.wrap(new byte[before + Long.BYTES + place.group().length])
                .putLong(before, place.windowStartMs())
                .put(before + Long.BYTES, place.group());
    }

    private static String text(ByteBuffer bytes) {
        byte[] array = new byte[bytes.capacity()];
        bytes.get(0, array);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(array);
    }

    private static WindowRows.Place place(String cursor) {
        return parse(cursor, RowReader::place);
    }

    private static Ranked ranked(String cursor) {
        return parse(cursor, bytes -> new Ranked(bytes.getDouble(), place(bytes), null));
    }

    private static WindowRows.Place place(ByteBuffer bytes) {
        long startMs = bytes.getLong();
        byte[] group = new byte[bytes.remaining()];
        bytes.get(group);
        return new WindowRows.Place(startMs, group);
    }

    private static <T> T parse(String cursor, Function<ByteBuffer, T> reader) {
        try {
            return reader.apply(ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor)));
        } catch (BufferUnderflowException | IllegalArgumentException broken) {
            throw new IllegalArgumentException(
                    "after must be the next of an earlier page, not " + cursor, broken);
        }
    }
}
