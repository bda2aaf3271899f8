package dev.millrace.core.connector;

import java.util.List;

/**
 * What a sink is given at once.
 *
 * @param owner as the cursor names it
 * @param from where the cursor must be
 * @param to where it goes; above {@code from}
 * @param items in order, positions in {@code [from, to)}; fewer than there are positions, since of
 *     one row in one batch only the newest state is here
 */
public record SinkBatch(
        String pipeline, String sink, String owner, long from, long to, List<SinkItem> items) {
    public SinkBatch {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("no batch of [%d, %d)".formatted(from, to));
        }
        items = List.copyOf(items);
    }

    /**
     * An idempotency key: the same whenever the same batch is delivered again by this process.
     * After a crash items may come again in batches cut otherwise; their positions stay.
     */
    public String key() {
        return "%s/%s/%s/%d-%d".formatted(owner, pipeline, sink, from, to);
    }

    /** Where the cursor must be. */
    public SinkCursor before() {
        return new SinkCursor(owner, from);
    }

    /** Where the cursor goes. */
    public SinkCursor after() {
        return new SinkCursor(owner, to);
    }
}
