package dev.millrace.embed;

import dev.millrace.core.aggregate.Row;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Rows of an aggregate that one commit changed, as they are now.
 *
 * @param revision of the commit; that of a later one is higher
 * @param missed how many commits were not told since the last call, because their rows came faster
 *     than they were taken; read the rows anew then
 */
public record Rows(long revision, long missed, List<Row> rows) implements Iterable<Row> {
    public Rows {
        rows = List.copyOf(rows);
    }

    public Stream<Row> stream() {
        return rows.stream();
    }

    @Override
    public Iterator<Row> iterator() {
        return rows.iterator();
    }
}
