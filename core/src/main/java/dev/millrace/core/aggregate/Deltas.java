package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.KeyBuffer;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.TreeMap;

/**
 * What one partition adds to one aggregate between two commits: one partial row per slice of event
 * time and group. For tumbling windows a slice is the window. Handing over is by ownership: a
 * partition fills it, then lets go of it.
 *
 * <p>Aggregating before the exchange keeps hot groups from costing more than cold ones, and makes
 * what is exchanged grow with groups instead of events. Confined to one thread at a time.
 */
public final class Deltas {
    private final Aggregation aggregation;
    private final Map<Long, GroupTable> slices = new TreeMap<>();

    /* Events come nearly in order, so the slice of the last one is the slice of the next one. */
    private long lastStartMs;
    private @Nullable GroupTable last;

    public Deltas(Aggregation aggregation) {
        this.aggregation = aggregation;
    }

    public Aggregation aggregation() {
        return aggregation;
    }

    public boolean isEmpty() {
        return slices.isEmpty();
    }

    /**
     * Adds an event to its slice.
     *
     * @param key the group, filled by {@link Aggregation#keyOrProblem}, which found no problem
     */
    public void add(Event event, KeyBuffer key) {
        GroupTable groups = slice(aggregation.windows().startOf(event.timestampMs()));
        int row = groups.findOrAdd(key);
        aggregation.add(event, groups.cells(), groups.at(row));
    }

    private GroupTable slice(long startMs) {
        GroupTable groups = last;
        if (groups == null || startMs != lastStartMs) {
            groups = slices.computeIfAbsent(startMs, _ -> new GroupTable(aggregation.cells()));
            last = groups;
            lastStartMs = startMs;
        }
        return groups;
    }

    /** Slices by their start, in order. */
    Map<Long, GroupTable> slices() {
        return slices;
    }
}
