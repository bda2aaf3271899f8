package dev.millrace.core.aggregate;

import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Windows that are sessions. Confined to one thread.
 *
 * <p>Held in memory is exactly what ends after {@link #heldAfterMs}: every session that an event
 * which is not late can touch. An older event may touch sessions that were let go. The store is
 * then read once per commit, for all such events together, over the stretch of time in which such
 * sessions can have begun; what is found goes on as if it had been held all along. How long that
 * stretch is depends on the sessions that were let go: one that goes on and on is held, and spared
 * where rows of its age go.
 *
 * <p>A row is identified by its session's start and group. A session that begins earlier than
 * known, or that joins an older one, leaves the row of its former start behind: that row is
 * retracted, and stays so until it expires.
 */
final class SessionWindows implements AggregateWindows {
    /** Of a session: it is in the queue of the open ones. */
    private static final int OPEN = 1;

    /** Groups and rows that are taken in one step, see {@link GroupTable#findAll}. */
    private static final int STEP = 128;

    /** The row of a former start. */
    private record Retraction(byte[] group, long startMs, long endMs) {}

    private final long gapMs;
    private final WindowRows stored;
    private final SpanTable sessions;

    /*
     * Every session is in one of the two. In the first, by an end that it had: it may have moved
     * on since, which is found out when it comes up, not with every event. In the second, by its
     * end. So a commit costs what comes up in it, however many sessions are held.
     */
    private final EndQueue open = new EndQueue();
    private final EndQueue closed = new EndQueue();

    /** Every session, by its start as of the last commit. */
    private final EndQueue starts = new EndQueue();

    private final List<Retraction> retractions = new ArrayList<>();
    private final KeyBuffer key = new KeyBuffer();
    private Aggregation aggregation;
    private long watermarkMs;

    /** Sessions that end at or before this are not held. Never falls. */
    private long heldAfterMs;

    /** Of those that are not held. */
    private final LongestSpan longest;

    private long overflowed;
    private final ChangedSpans changed;

    /** Sessions whose rows are in the store, under the starts by which they are in the queue. */
    private final BitSet inStore = new BitSet();

    /** Groups of which the store may hold sessions that were touched since the last commit. */
    private final BitSet touchedInStore = new BitSet();

    private long touchedFromMs = Long.MAX_VALUE;
    private long touchedToMs = Long.MIN_VALUE;

    SessionWindows(
            Aggregation aggregation,
            Windows.Sessions windows,
            WindowRows stored,
            long watermarkMs,
            SessionMarks marks) {
        this.aggregation = aggregation;
        this.gapMs = windows.gapMs();
        this.stored = stored;
        this.sessions = aggregation.newSpans(gapMs, this::replaced, 0);
        this.changed = sessions.newChanges();
        this.watermarkMs = watermarkMs;
        this.longest = new LongestSpan(marks);
        this.heldAfterMs = reachableAfter(watermarkMs);
        boolean all = heldAfterMs == Long.MIN_VALUE;
        stored.rows(
                aggregation.number(),
                all ? Long.MIN_VALUE : Math.min(marks.oldestHeldMs(), earliestStart(heldAfterMs)),
                Long.MAX_VALUE,
                null,
                (startMs, group, value) -> {
                    restore(startMs, group, value);
                    return true;
                });
    }

    private void restore(long startMs, byte[] group, byte[] value) {
        RowCodec.Head head = RowCodec.head(value);
        if (head.isRetracted()) {
            return;
        }
        if (head.endMs() <= heldAfterMs) {
            /* It may have been held until now, where the lateness was longer. */
            longest.add(head.endMs() - gapMs - startMs);
            return;
        }
        key.set(group);
        int session = sessions.cover(sessions.group(key), startMs, head.endMs() - gapMs);
        aggregation.decode(value, sessions.accumulators(), session);
        stored(session, startMs);
        if (head.isFinal()) {
            closed.put(session, head.endMs());
        } else {
            open(session, head.endMs());
        }
    }

    private void open(int session, long endMs) {
        sessions.set(session, OPEN);
        open.put(session, endMs);
    }

    @Override
    public Aggregation aggregation() {
        return aggregation;
    }

    @Override
    public void redefine(Aggregation changedDefinition) {
        aggregation = changedDefinition;
    }

    @Override
    public List<Integer> states() {
        return List.of(aggregation.number());
    }

    @Override
    public long groups() {
        return sessions.groups();
    }

    @Override
    public long nextCloseMs() {
        while (!open.isEmpty() && sessions.endMs(open.first()) > open.firstMs()) {
            open.put(open.first(), sessions.endMs(open.first()));
        }
        return open.firstMs();
    }

    @Override
    public long overflowed() {
        return overflowed;
    }

    @Override
    public Optional<SessionMarks> sessionMarks() {
        return Optional.of(longest.marks(starts.firstMs()));
    }

    @Override
    public void merge(Deltas deltas) {
        SpanTable fragments = ((SessionDeltas) deltas).fragments();
        int[] known = new int[STEP];
        boolean[] goesOn = new boolean[STEP];
        for (int from = 0; from < fragments.groupsEver(); from += STEP) {
            int count = Math.min(STEP, fragments.groupsEver() - from);
            sessions.findAll(fragments, from, known, count);
            for (int i = 0; i < count; i++) {
                int fragment = fragments.newest(from + i);
                goesOn[i] =
                        known[i] != SpanTable.NONE
                                && fragment != SpanTable.NONE
                                && sessions.continuesNewest(
                                        known[i],
                                        fragments.firstMs(fragment),
                                        fragments.lastMs(fragment));
            }
            for (int i = 0; i < count; i++) {
                int fragment = fragments.newest(from + i);
                while (fragment != SpanTable.NONE) {
                    merge(fragments, fragment, goesOn[i] ? known[i] : SpanTable.NONE);
                    fragment = fragments.next(fragment);
                }
            }
        }
    }

    /**
     * @param held the group of the fragment, if it is known to have a session; else {@link
     *     SpanTable#NONE}
     */
    private void merge(SpanTable fragments, int fragment, int held) {
        long firstMs = fragments.firstMs(fragment);
        long lastMs = fragments.lastMs(fragment);
        boolean mayTouchStored = firstMs <= heldAfterMs;
        int group = held == SpanTable.NONE ? group(fragments, fragment, mayTouchStored) : held;
        int session = sessions.cover(group, firstMs, lastMs);
        aggregation.merge(fragments.accumulators(), fragment, sessions.accumulators(), session);
        reopen(session);
        if (held == SpanTable.NONE) {
            changed.add(session);
        } else {
            changed.add(session, fragments, fragments.groupOf(fragment));
        }
        if (mayTouchStored) {
            touchedInStore.set(group);
            touchedFromMs = Math.min(touchedFromMs, firstMs);
            touchedToMs = Math.max(touchedToMs, lastMs);
        }
    }

    /*
     * What may touch stored sessions is let go again with the commit, so it takes no room that
     * maxGroups is there to bound.
     */
    private int group(SpanTable fragments, int fragment, boolean mayTouchStored) {
        int from = fragments.groupOf(fragment);
        int held = sessions.find(fragments, from);
        boolean isHeld = held != SpanTable.NONE && sessions.newest(held) != SpanTable.NONE;
        if (isHeld || mayTouchStored || sessions.groups() < aggregation.definition().maxGroups()) {
            return held == SpanTable.NONE ? sessions.group(fragments, from) : held;
        }
        overflowed++;
        key.set(aggregation.otherKey());
        return sessions.group(key);
    }

    private void reopen(int session) {
        if (!sessions.has(session, OPEN)) {
            closed.remove(session);
            open(session, sessions.endMs(session));
        }
    }

    /** A session is about to begin earlier, or to become part of another. */
    private void replaced(int session, boolean ends) {
        if (inStore.get(session)) {
            inStore.clear(session);
            retractions.add(
                    new Retraction(
                            sessions.key(sessions.groupOf(session)),
                            sessions.firstMs(session),
                            sessions.endMs(session)));
        }
        if (ends) {
            sessions.clear(session, OPEN);
            changed.remove(session);
            open.remove(session);
            closed.remove(session);
            starts.remove(session);
        }
    }

    @Override
    public void advance(long newWatermarkMs, long revision, List<Commit.RowChange> out) {
        joinStored();
        watermarkMs = newWatermarkMs;
        close();
        drainChanges(revision, out);
        letGo();
    }

    /** Takes up the stored sessions that older events touched. */
    private void joinStored() {
        if (touchedInStore.isEmpty()) {
            return;
        }
        stored.rows(
                aggregation.number(),
                earliestStart(touchedFromMs),
                touchedToMs + gapMs + 1,
                null,
                (startMs, group, value) -> {
                    key.set(group);
                    int known = sessions.find(key);
                    if (known != SpanTable.NONE && touchedInStore.get(known)) {
                        joinStored(known, startMs, value);
                    }
                    return true;
                });
        touchedInStore.clear();
        touchedFromMs = Long.MAX_VALUE;
        touchedToMs = Long.MIN_VALUE;
    }

    private void joinStored(int group, long startMs, byte[] value) {
        RowCodec.Head head = RowCodec.head(value);
        long lastMs = head.endMs() - gapMs;
        boolean isHeld = head.endMs() > heldAfterMs;
        if (head.isRetracted() || isHeld || !sessions.isTouched(group, startMs, lastMs)) {
            return;
        }
        int session = sessions.cover(group, startMs, lastMs);
        GroupTable one = aggregation.newRow();
        aggregation.decode(value, one, 0);
        aggregation.merge(one, 0, sessions.accumulators(), session);
        if (sessions.firstMs(session) == startMs) {
            stored(session, startMs);
        } else {
            retractions.add(new Retraction(sessions.key(group), startMs, head.endMs()));
        }
        reopen(session);
        changed.add(session);
    }

    /** Sessions whose end has come are closed: their rows become final, and so change. */
    private void close() {
        while (!open.isEmpty() && open.firstMs() <= watermarkMs) {
            int session = open.first();
            long endMs = sessions.endMs(session);
            if (endMs > watermarkMs) {
                open.put(session, endMs);
            } else {
                open.remove(session);
                sessions.clear(session, OPEN);
                closed.put(session, endMs);
                changed.add(session);
            }
        }
    }

    private void drainChanges(long revision, List<Commit.RowChange> out) {
        changed.drain((session, group, firstMs, lastMs, place) -> {
            stored(session, firstMs);
            long endMs = lastMs + gapMs;
            RowCodec.Head head = new RowCodec.Head(revision, endMs <= watermarkMs, false, endMs);
            byte[] value = aggregation.encode(head, changed, place);
            out.add(new Commit.RowChange(aggregation.number(), firstMs, group, value));
        });
        for (Retraction one : retractions) {
            RowCodec.Head head = new RowCodec.Head(revision, true, true, one.endMs());
            byte[] value = RowCodec.encode(head, new long[0], 0, 0);
            out.add(new Commit.RowChange(aggregation.number(), one.startMs(), one.group(), value));
        }
        retractions.clear();
    }

    /** The row of a session is in the store, under a start that stays until it is replaced. */
    private void stored(int session, long startMs) {
        if (!inStore.get(session)) {
            inStore.set(session);
            starts.put(session, startMs);
        }
    }

    private void letGo() {
        heldAfterMs = Math.max(heldAfterMs, reachableAfter(watermarkMs));
        while (!closed.isEmpty() && closed.firstMs() <= heldAfterMs) {
            int session = closed.first();
            closed.remove(session);
            starts.remove(session);
            inStore.clear(session);
            longest.add(sessions.lastMs(session) - sessions.firstMs(session));
            sessions.remove(session);
        }
        sessions.compact();
    }

    /*
     * A session of which an event is kept must be there for the event to join, or what comes of it
     * would depend on when the commit was that let the session go. An event is kept while its own
     * end is less than keep behind the watermark, and the session that it joins is held, or began
     * at most the longest session and another gap before it. Such a session ended less than keep
     * and a gap behind the watermark, so it was let go no longer ago than that.
     */
    @Override
    public long keptFromMs(Duration keep) {
        if (watermarkMs == Long.MIN_VALUE) {
            return Long.MIN_VALUE;
        }
        longest.age(watermarkMs, keep.toMillis() + gapMs);
        return earliestStart(watermarkMs - keep.toMillis() - gapMs);
    }

    @Override
    public Set<Long> sparedMs(long keptFromMs) {
        return starts.timesBefore(keptFromMs);
    }

    /** Where sessions that an event at {@code timestampMs} touches, not held, can have begun. */
    private long earliestStart(long timestampMs) {
        return timestampMs - gapMs - longest.ms();
    }

    /** All events that are not late are after this. */
    private long reachableAfter(long atWatermarkMs) {
        if (atWatermarkMs == Long.MIN_VALUE) {
            return Long.MIN_VALUE;
        }
        return atWatermarkMs - gapMs - aggregation.definition().lateness().toMillis();
    }
}
