package dev.millrace.engine;

import dev.millrace.core.aggregate.Row;

import java.util.List;
import java.util.Optional;

/**
 * One page of rows.
 *
 * @param next where the next page begins; empty: this is the last
 */
public record RowPage(List<Row> rows, Optional<String> next) {
    public RowPage {
        rows = List.copyOf(rows);
    }
}
