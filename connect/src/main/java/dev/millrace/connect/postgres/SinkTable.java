package dev.millrace.connect.postgres;

import dev.millrace.core.connector.SinkItem;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What one feed of a sink becomes: a table, and how items get into it. COPY fills a temporary table
 * {@code s}, and statements take that over. Immutable.
 */
interface SinkTable {
    TableName name();

    /** All that the sink writes, in order. */
    List<Column> columns();

    /** Names of the columns by which a row is known again. */
    List<String> key();

    /** What only the temporary table has, behind the columns. */
    default List<Column> marks() {
        return List.of();
    }

    /** Why an item cannot be written at all, as the end of a sentence. */
    Optional<String> unfit(SinkItem item);

    /** Writes an item that fits: a cell for each column, then for each mark. */
    void write(SinkItem item, CopyText out);

    /**
     * Takes over what is staged.
     *
     * @param staging the temporary table, quoted
     * @param items what is in it
     */
    List<String> merge(String staging, List<SinkItem> items);

    /** How full a page is made, in percent, where the sink makes the table. */
    default int fillFactor() {
        return 100;
    }

    /** {@code a, b, c}. */
    static String names(List<Column> columns) {
        return columns.stream().map(Column::quoted).collect(Collectors.joining(", "));
    }

    /** {@code INSERT … SELECT … ON CONFLICT (key)}, to go on with what to do then. */
    default String insert(String staging, String where) {
        return "INSERT INTO %s AS t (%s) SELECT %s FROM %s s %s ON CONFLICT (%s) DO "
                .formatted(
                        name().quoted(),
                        names(columns()),
                        columns().stream()
                                .map(Column::fromStaging)
                                .collect(Collectors.joining(", ")),
                        staging,
                        where,
                        key().stream().map(TableName::quote).collect(Collectors.joining(", ")));
    }
}
