package dev.millrace.core.pipeline;

import java.time.Duration;
import java.util.List;

/**
 * Where a pipeline puts out rows, alerts and events.
 *
 * @param name unique among sinks and stages
 * @param from names of aggregates, {@link #ALERTS}, {@link #EVENTS}; at least one
 * @param budgetBytes of its outbox, past which the pipeline is held back
 * @param timeout of one delivery
 * @param kind like {@code postgres}
 * @param settings of that kind
 */
public record SinkDefinition(
        String name,
        List<String> from,
        long budgetBytes,
        Batch batch,
        Duration timeout,
        String kind,
        Settings settings) {
    /** What stands for all alerts of the pipeline. */
    public static final String ALERTS = "alerts";

    /** What stands for the events that went through all stages. */
    public static final String EVENTS = "events";

    public SinkDefinition {
        Limits.checkName("sink name", Limits.STAGE_NAME, name);
        from = Limits.checkSize("from", from, Limits.SINK_FROM_MAX);
        if (from.isEmpty()) {
            throw new IllegalArgumentException("sink " + name + " takes nothing");
        }
        Limits.SINK_BUDGET.check("budget", budgetBytes);
        Limits.SINK_TIMEOUT.check("timeout", timeout);
    }

    public boolean takes(String feed) {
        return from.contains(feed);
    }

    /** The aggregates that it takes, by name. */
    public List<String> aggregates() {
        return from.stream().filter(feed -> !feed.equals(ALERTS) && !feed.equals(EVENTS)).toList();
    }

    /**
     * How much is delivered at once, at most.
     *
     * @param linger how long a batch that is not full waits for more
     */
    public record Batch(int items, long bytes, Duration linger) {
        public Batch {
            Limits.BATCH_ITEMS.check("items", items);
            Limits.BATCH_BYTES.check("bytes", bytes);
            Limits.BATCH_WAIT.check("wait", linger);
        }
    }
}
