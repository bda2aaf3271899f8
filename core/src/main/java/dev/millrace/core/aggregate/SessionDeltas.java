package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.KeyBuffer;

import org.jspecify.annotations.Nullable;

/** Deltas of an aggregate of sessions: the fragments of them that one partition saw. */
final class SessionDeltas implements Deltas {
    private final Aggregation aggregation;
    private final long gapMs;
    private final int expected;

    /** Null until the first event, so that what is idle holds no room. */
    private @Nullable SpanTable fragments;

    private int highest = -1;
    private long bytes;

    /**
     * @param expected groups to make room for with the first event
     */
    SessionDeltas(Aggregation aggregation, long gapMs, int expected) {
        this.aggregation = aggregation;
        this.gapMs = gapMs;
        this.expected = expected;
    }

    @Override
    public Aggregation aggregation() {
        return aggregation;
    }

    @Override
    public boolean isEmpty() {
        return fragments == null;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public Deltas next() {
        return new SessionDeltas(aggregation, gapMs, fragments == null ? 0 : fragments.groups());
    }

    @Override
    public void add(Event event, KeyBuffer key) {
        SpanTable into = fragments();
        int group = into.group(key);
        int fragment = into.cover(group, event.timestampMs(), event.timestampMs());
        aggregation.add(event, into.accumulators(), fragment);
        bytes += aggregation.sketchBytes();
        if (fragment > highest) {
            highest = fragment;
            bytes += aggregation.rowBytes(SpanTable.LEAD) + key.length();
        }
    }

    SpanTable fragments() {
        if (fragments == null) {
            fragments = aggregation.newSpans(gapMs, SpanTable.Watcher.NONE, expected);
        }
        return fragments;
    }
}
