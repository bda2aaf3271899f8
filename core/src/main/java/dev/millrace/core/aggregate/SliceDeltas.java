package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.KeyBuffer;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.TreeMap;

/**
 * Deltas of an aggregate whose windows are made of slices: one partial row per slice of event time
 * and group. For tumbling windows a slice is the window.
 */
final class SliceDeltas implements Deltas {
    private final Aggregation aggregation;
    private final Slices cuts;
    private final Map<Long, GroupTable> slices = new TreeMap<>();

    /* Events come nearly in order, so the slice of the last one is the slice of the next one. */
    private long lastStartMs;
    private @Nullable GroupTable last;

    SliceDeltas(Aggregation aggregation, Slices cuts) {
        this.aggregation = aggregation;
        this.cuts = cuts;
    }

    @Override
    public Aggregation aggregation() {
        return aggregation;
    }

    @Override
    public boolean isEmpty() {
        return slices.isEmpty();
    }

    @Override
    public void add(Event event, KeyBuffer key) {
        GroupTable groups = slice(cuts.startOf(event.timestampMs()));
        int row = groups.findOrAdd(key);
        aggregation.add(event, groups, row);
    }

    private GroupTable slice(long startMs) {
        GroupTable groups = last;
        if (groups == null || startMs != lastStartMs) {
            groups = slices.computeIfAbsent(startMs, _ -> aggregation.newTable(0));
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
