package dev.millrace.core.connector;

import dev.millrace.core.aggregate.Row;

/**
 * One thing that a sink takes. The same position of a sink holds the same item, after a crash too.
 * Byte arrays are shared: nobody writes to them.
 */
public sealed interface SinkItem {
    /** Its place in the sink's outbox; rises from item to item, not always by one. */
    long position();

    /** As the API writes it: UTF-8, one JSON object on one line. */
    byte[] json();

    /**
     * The newest state of an aggregate's row: a sink keeps the one with the higher {@link
     * Row#revision}, and removes a row that {@link Row#isRetracted}. A row is identified by
     * aggregate, window start and group.
     */
    record RowItem(long position, Row row, byte[] json) implements SinkItem {
        public RowItem(long position, Row row) {
            this(position, row, SinkJson.of(row));
        }
    }

    /**
     * The newest state of an alert.
     *
     * @param id the same for every state of the alert, and no other alert's
     */
    record AlertItem(long position, String id, byte[] json) implements SinkItem {}

    /** An event that went through all stages, as they left it. */
    record EventItem(long position, byte[] json) implements SinkItem {}
}
