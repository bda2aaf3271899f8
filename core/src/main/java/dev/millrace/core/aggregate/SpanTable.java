package dev.millrace.core.aggregate;

import dev.millrace.core.event.KeyBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Per group the spans of event time that its events make, {@code [first, last]} in epoch
 * milliseconds, each with an accumulator. Two of a group that come within the gap of each other
 * ({@code first <= other's last + gap}) become one.
 *
 * <p>The spans of a group are a chain, the newest first: what events that come nearly in order
 * touch is found at once, and an event far behind its group's newest walks the spans in between.
 * Flat arrays throughout; see {@link GroupTable}. Confined to one thread.
 */
final class SpanTable {
    static final int NONE = -1;

    /** Longs before an accumulator: first, last, the next span of the chain, group and flags. */
    static final int LEAD = 4;

    static final int FIRST = 0;
    static final int LAST = 1;

    private static final int NEXT = 2;
    private static final int OWNER = 3;

    /** Bits of {@link #OWNER} for flags; the group stands above them. */
    private static final int FLAG_BITS = 8;

    private static final long FLAGS = (1L << FLAG_BITS) - 1;

    /** Groups without spans that are not worth a thought. */
    private static final int COMPACT_FROM = 1024;

    /** Told what happens to spans that were there. */
    interface Watcher {
        /** Sees nothing. */
        Watcher NONE = (_, _) -> {};

        /**
         * A span is about to begin earlier, or to become part of another.
         *
         * @param ends whether it is the latter
         */
        void replaced(int span, boolean ends);
    }

    private final Aggregation aggregation;
    private final AccumulatorRows spans;
    private final long gapMs;
    private final Watcher watcher;

    /** The lead of a group is the newest span of its chain + 1; 0 where it has none. */
    private GroupTable groups;

    /** Groups that have spans. */
    private int inUse;

    /**
     * @param spans none yet
     * @param expectedGroups groups that it has room for
     */
    SpanTable(
            Aggregation aggregation,
            AccumulatorRows spans,
            long gapMs,
            Watcher watcher,
            int expectedGroups) {
        this.aggregation = aggregation;
        this.spans = spans;
        this.gapMs = gapMs;
        this.watcher = watcher;
        this.groups = newGroups(expectedGroups);
    }

    private static GroupTable newGroups(int expected) {
        return new GroupTable(1, 0, 0, GroupTable.Room.of(expected));
    }

    /** Where the accumulators of spans stand, by span. */
    Accumulators accumulators() {
        return spans;
    }

    boolean isEmpty() {
        return inUse == 0;
    }

    /** Groups that have spans. */
    int groups() {
        return inUse;
    }

    /** Every group has a number below this, until {@link #compact}. */
    int groupsEver() {
        return groups.size();
    }

    /** The number of a group, a new one where it has none. */
    int group(KeyBuffer key) {
        return groups.findOrAdd(key);
    }

    /** The same for a group of another table. */
    int group(SpanTable other, int otherGroup) {
        return groups.findOrAdd(other.groups, otherGroup);
    }

    /** The number of a group; {@link #NONE} where it has none. */
    int find(KeyBuffer key) {
        return groups.find(key);
    }

    /** The same for a group of another table. */
    int find(SpanTable other, int otherGroup) {
        return groups.find(other.groups, otherGroup);
    }

    /** The same for many groups of another table, see {@link GroupTable#findAll}. */
    void findAll(SpanTable other, int fromGroup, int[] found, int count) {
        groups.findAll(other.groups, fromGroup, found, count);
    }

    /** Nothing yet of what changes in here. */
    ChangedSpans newChanges() {
        return new ChangedSpans(this, spans);
    }

    /** Copies a span with its accumulator, see {@link AccumulatorRows#copy}. */
    void copy(
            int span,
            long[] intoCells,
            int cellsAt,
            @Nullable Sketch[] intoSketches,
            int sketchesAt) {
        spans.copy(span, intoCells, cellsAt, intoSketches, sketchesAt);
    }

    /** The encoded key of a group, a copy. */
    byte[] key(int group) {
        return groups.key(group);
    }

    /** The newest span of a group; {@link #NONE} where it has none. */
    int newest(int group) {
        return (int) groups.cells()[groups.leadAt(group)] - 1;
    }

    /** The span of the same group that is the next older one; {@link #NONE} after the oldest. */
    int next(int span) {
        return (int) lead(span, NEXT) - 1;
    }

    long firstMs(int span) {
        return lead(span, FIRST);
    }

    long lastMs(int span) {
        return lead(span, LAST);
    }

    /** Where the span stops being open to events, {@code last + gap}. */
    long endMs(int span) {
        return lastMs(span) + gapMs;
    }

    int groupOf(int span) {
        return (int) (lead(span, OWNER) >>> FLAG_BITS);
    }

    /** Whether a span has a flag of its owner's, one of eight bits. A new one has none. */
    boolean has(int span, int flag) {
        return (lead(span, OWNER) & flag) != 0;
    }

    void set(int span, int flag) {
        spans.cells()[spans.leadAt(span) + OWNER] |= flag;
    }

    void clear(int span, int flag) {
        spans.cells()[spans.leadAt(span) + OWNER] &= ~(long) flag;
    }

    /** Whether {@code [first, last]} comes within the gap of the newest span of the group. */
    boolean continuesNewest(int group, long firstMs, long lastMs) {
        return touches(newest(group), firstMs, lastMs);
    }

    /** Whether {@code [first, last]} comes within the gap of any span of the group. */
    boolean isTouched(int group, long firstMs, long lastMs) {
        return touches(following(group, newerThan(group, lastMs)), firstMs, lastMs);
    }

    /**
     * The span that covers {@code [first, last]}: a new one, or those that it touches, grown to
     * hold it and made one.
     */
    int cover(int group, long firstMs, long lastMs) {
        int newer = newerThan(group, lastMs);
        int span = following(group, newer);
        if (!touches(span, firstMs, lastMs)) {
            return insert(group, newer, firstMs, lastMs);
        }
        for (int older = next(span); touches(older, firstMs, lastMs); older = next(span)) {
            join(span, older);
            link(group, newer, older);
            spans.freeRow(span);
            span = older;
        }
        if (firstMs < firstMs(span)) {
            watcher.replaced(span, false);
            put(span, FIRST, firstMs);
        }
        put(span, LAST, Math.max(lastMs, lastMs(span)));
        return span;
    }

    /** The oldest span of a group that begins more than the gap after {@code lastMs}. */
    private int newerThan(int group, long lastMs) {
        int newer = NONE;
        int span = newest(group);
        while (span != NONE && firstMs(span) > lastMs + gapMs) {
            newer = span;
            span = next(span);
        }
        return newer;
    }

    /** What follows a span of a group in its chain; its newest where {@code span} is none. */
    private int following(int group, int span) {
        return span == NONE ? newest(group) : next(span);
    }

    private boolean touches(int span, long firstMs, long lastMs) {
        return span != NONE && firstMs <= endMs(span) && firstMs(span) <= lastMs + gapMs;
    }

    private int insert(int group, int newer, long firstMs, long lastMs) {
        if (newest(group) == NONE) {
            inUse++;
        }
        int span = spans.addRow();
        put(span, FIRST, firstMs);
        put(span, LAST, lastMs);
        put(span, NEXT, following(group, newer) + 1L);
        put(span, OWNER, (long) group << FLAG_BITS);
        link(group, newer, span);
        return span;
    }

    /** Makes a span part of the one before it in time, whose beginning stays. */
    private void join(int span, int older) {
        watcher.replaced(span, true);
        aggregation.merge(spans, span, spans, older);
        put(older, LAST, Math.max(lastMs(span), lastMs(older)));
    }

    /** Takes a span out. */
    void remove(int span) {
        int group = groupOf(span);
        int newer = NONE;
        while (following(group, newer) != span) {
            newer = following(group, newer);
        }
        link(group, newer, next(span));
        if (newest(group) == NONE) {
            inUse--;
        }
        spans.freeRow(span);
    }

    /** Forgets groups without spans where they are the most. Groups get new numbers then. */
    void compact() {
        if (groups.size() <= COMPACT_FROM + 2 * inUse) {
            return;
        }
        GroupTable all = groups;
        groups = newGroups(inUse);
        for (int old = 0; old < all.size(); old++) {
            int newest = (int) all.cells()[all.leadAt(old)] - 1;
            if (newest != NONE) {
                int group = groups.findOrAdd(all, old);
                link(group, NONE, newest);
                for (int span = newest; span != NONE; span = next(span)) {
                    put(span, OWNER, (long) group << FLAG_BITS | lead(span, OWNER) & FLAGS);
                }
            }
        }
    }

    private void link(int group, int newer, int span) {
        if (newer == NONE) {
            groups.cells()[groups.leadAt(group)] = span + 1L;
        } else {
            put(newer, NEXT, span + 1L);
        }
    }

    private long lead(int span, int what) {
        return spans.cells()[spans.leadAt(span) + what];
    }

    private void put(int span, int what, long value) {
        spans.cells()[spans.leadAt(span) + what] = value;
    }
}
