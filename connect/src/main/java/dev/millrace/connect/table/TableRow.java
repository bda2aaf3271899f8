package dev.millrace.connect.table;

import org.jspecify.annotations.Nullable;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A row as an unmodifiable map from column to value, in the order of the columns. An array and a
 * reference, since a table may have a million of them.
 */
final class TableRow extends AbstractMap<String, @Nullable Object> {
    private final List<String> columns;
    private final @Nullable Object[] values;

    /**
     * @param columns shared by all rows, few
     * @param values one a column; kept
     */
    TableRow(List<String> columns, @Nullable Object[] values) {
        this.columns = columns;
        this.values = values;
    }

    @Override
    public @Nullable Object get(@Nullable Object column) {
        int at = columns.indexOf(column);
        return at < 0 ? null : values[at];
    }

    @Override
    public boolean containsKey(@Nullable Object column) {
        return columns.contains(column);
    }

    @Override
    public Set<Entry<String, @Nullable Object>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<String, @Nullable Object>> iterator() {
                return IntStream.range(0, values.length)
                        .<Entry<String, @Nullable Object>>mapToObj(
                                i -> new SimpleImmutableEntry<>(columns.get(i), values[i]))
                        .iterator();
            }

            @Override
            public int size() {
                return values.length;
            }
        };
    }
}
