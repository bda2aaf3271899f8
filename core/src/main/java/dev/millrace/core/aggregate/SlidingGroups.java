package dev.millrace.core.aggregate;

import dev.millrace.core.event.KeyBuffer;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The slices that a moving window holds, and their groups. Groups are found by hash; their order is
 * made anew, in one pass, when a window is asked for after some have come or gone. Confined to one
 * thread.
 */
final class SlidingGroups {
    private static final int DEAD_MAX = 1_024;

    private static final Comparator<SlidingGroup> BY_KEY =
            Comparator.comparing(SlidingGroup::key, Arrays::compareUnsigned);

    /** A slice and the groups that it holds something for. */
    private record Slice(long startMs, List<SlidingGroup> groups) {}

    private final Aggregation aggregation;
    private final byte[] otherKey;
    private final ArrayDeque<Slice> slices = new ArrayDeque<>();
    private final KeyBuffer buffer = new KeyBuffer();
    private GroupTable index = new GroupTable(0, 0, 0);
    private List<SlidingGroup> byRow = new ArrayList<>();

    /** How many of the groups are not empty. */
    private int size;

    /** By key, as of when it was made. */
    private SlidingGroup[] ordered = {};

    /** Not among those in {@link #ordered}. */
    private final List<SlidingGroup> entered = new ArrayList<>();

    SlidingGroups(Aggregation aggregation) {
        this.aggregation = aggregation;
        this.otherKey = aggregation.otherKey();
    }

    boolean isEmpty() {
        return slices.isEmpty();
    }

    /** Groups of the window. */
    int size() {
        return size;
    }

    /** Groups of the window by key; valid until a slice enters or leaves. */
    SlidingGroup[] ordered() {
        if (size != ordered.length || !entered.isEmpty()) {
            entered.sort(BY_KEY);
            ordered = merged();
            entered.clear();
        }
        return ordered;
    }

    /*
     * As many may have left as have entered; one that left and came back still is in the old order,
     * and one that entered and left is not in the new one.
     */
    private SlidingGroup[] merged() {
        SlidingGroup[] merged = new SlidingGroup[size];
        int count = 0;
        int next = 0;
        for (SlidingGroup group : ordered) {
            while (next < entered.size() && BY_KEY.compare(entered.get(next), group) < 0) {
                count = keep(entered.get(next++), merged, count);
            }
            count = keep(group, merged, count);
        }
        while (next < entered.size()) {
            count = keep(entered.get(next++), merged, count);
        }
        return merged;
    }

    private static int keep(SlidingGroup group, SlidingGroup[] merged, int count) {
        boolean stays = !group.isEmpty();
        group.setOrdered(stays);
        if (stays) {
            merged[count] = group;
        }
        return stays ? count + 1 : count;
    }

    /** Whether the window has more groups than it may, that of the others aside. */
    boolean hasTooMany() {
        int max = aggregation.definition().maxGroups();
        return size > max && !(size == max + 1 && holdsOthers());
    }

    private boolean holdsOthers() {
        buffer.set(otherKey);
        int row = index.find(buffer);
        return row != GroupTable.NONE && !byRow.get(row).isEmpty();
    }

    /** Takes a stored row of a slice; slices enter in order of time. */
    void add(long sliceMs, byte[] chunk) {
        if (slices.isEmpty() || slices.getLast().startMs() != sliceMs) {
            slices.add(new Slice(sliceMs, new ArrayList<>()));
        }
        List<SlidingGroup> groups = slices.getLast().groups();
        SliceCodec.decode(
                chunk,
                buffer,
                (key, revision, accumulator) -> groups.add(add(key, revision, accumulator)));
    }

    private SlidingGroup add(KeyBuffer key, long revision, ByteBuffer accumulator) {
        int row = index.findOrAdd(key);
        if (row == byRow.size()) {
            byRow.add(new SlidingGroup(aggregation, key.toByteArray()));
        }
        SlidingGroup group = byRow.get(row);
        if (group.isEmpty()) {
            size++;
            if (!group.isOrdered()) {
                group.setOrdered(true);
                entered.add(group);
            }
        }
        group.add(revision, accumulator);
        return group;
    }

    /** Lets the slices go that start before {@code startMs}. */
    void removeBefore(long startMs) {
        while (!slices.isEmpty() && slices.getFirst().startMs() < startMs) {
            for (SlidingGroup group : slices.removeFirst().groups()) {
                group.removeOldest();
                if (group.isEmpty()) {
                    size--;
                }
            }
        }
        if (byRow.size() > 2 * size + DEAD_MAX) {
            forgetTheDead();
        }
    }

    private void forgetTheDead() {
        index = new GroupTable(0, 0, 0);
        byRow = new ArrayList<>(Arrays.asList(ordered()));
        for (SlidingGroup group : byRow) {
            buffer.set(group.key());
            int _ = index.findOrAdd(buffer);
        }
    }
}
