package dev.millrace.core.aggregate;

import dev.millrace.core.event.KeyBuffer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/** The slices that a moving window holds, and their groups by key. Confined to one thread. */
final class SlidingGroups {
    private static final int DEAD_MAX = 1_024;

    /** A slice and the groups that it holds something for. */
    private record Slice(long startMs, List<SlidingGroup> groups) {}

    private final Aggregation aggregation;
    private final ArrayDeque<Slice> slices = new ArrayDeque<>();
    private final TreeMap<byte[], SlidingGroup> ordered = new TreeMap<>(Arrays::compareUnsigned);
    private final KeyBuffer buffer = new KeyBuffer();

    /* Finding a group by its hash costs a fraction of what finding it by order does. */
    private GroupTable index = new GroupTable(0, 0, 0);
    private List<SlidingGroup> byRow = new ArrayList<>();

    SlidingGroups(Aggregation aggregation) {
        this.aggregation = aggregation;
    }

    /** Groups of the window, by key. */
    Collection<SlidingGroup> groups() {
        return ordered.values();
    }

    boolean isEmpty() {
        return slices.isEmpty();
    }

    /** Whether the window has more groups than it may, that of the others aside. */
    boolean hasTooMany() {
        int max = aggregation.definition().maxGroups();
        return ordered.size() > max
                && !(ordered.size() == max + 1 && ordered.containsKey(aggregation.otherKey()));
    }

    /** Takes a row; slices enter in order of time. */
    void add(long sliceMs, byte[] key, byte[] value) {
        if (slices.isEmpty() || slices.getLast().startMs() != sliceMs) {
            slices.add(new Slice(sliceMs, new ArrayList<>()));
        }
        SlidingGroup group = group(key);
        if (group.isEmpty()) {
            ordered.put(group.key(), group);
        }
        group.add(value);
        slices.getLast().groups().add(group);
    }

    private SlidingGroup group(byte[] key) {
        buffer.set(key);
        int row = index.findOrAdd(buffer);
        if (row == byRow.size()) {
            byRow.add(new SlidingGroup(aggregation, key));
        }
        return byRow.get(row);
    }

    /** Lets the slices go that start before {@code startMs}. */
    void removeBefore(long startMs) {
        while (!slices.isEmpty() && slices.getFirst().startMs() < startMs) {
            for (SlidingGroup group : slices.removeFirst().groups()) {
                group.removeOldest();
                if (group.isEmpty()) {
                    ordered.remove(group.key());
                }
            }
        }
        if (byRow.size() > 2 * ordered.size() + DEAD_MAX) {
            forgetTheDead();
        }
    }

    private void forgetTheDead() {
        index = new GroupTable(0, 0, 0);
        byRow = new ArrayList<>(ordered.values());
        for (SlidingGroup group : byRow) {
            buffer.set(group.key());
            int _ = index.findOrAdd(buffer);
        }
    }
}
