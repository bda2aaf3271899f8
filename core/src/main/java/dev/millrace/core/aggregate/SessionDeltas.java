package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.KeyBuffer;

/** Deltas of an aggregate of sessions: the fragments of them that one partition saw. */
final class SessionDeltas implements Deltas {
    private final Aggregation aggregation;
    private final SpanTable fragments;

    SessionDeltas(Aggregation aggregation, Windows.Sessions windows) {
        this.aggregation = aggregation;
        this.fragments = aggregation.newSpans(windows.gapMs(), SpanTable.Watcher.NONE);
    }

    @Override
    public Aggregation aggregation() {
        return aggregation;
    }

    @Override
    public boolean isEmpty() {
        return fragments.isEmpty();
    }

    @Override
    public void add(Event event, KeyBuffer key) {
        int group = fragments.group(key);
        int fragment = fragments.cover(group, event.timestampMs(), event.timestampMs());
        aggregation.add(event, fragments.accumulators(), fragment);
    }

    SpanTable fragments() {
        return fragments;
    }
}
