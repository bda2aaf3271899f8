package dev.millrace.core.aggregate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/** The slices that a moving window holds, and their groups by key. Confined to one thread. */
final class SlidingGroups {
    /** A slice and the groups that it holds something for. */
    private record Slice(long startMs, List<SlidingGroup> groups) {}

    private final Aggregation aggregation;
    private final TreeMap<byte[], SlidingGroup> groups = new TreeMap<>(Arrays::compareUnsigned);
    private final ArrayDeque<Slice> slices = new ArrayDeque<>();

    SlidingGroups(Aggregation aggregation) {
        this.aggregation = aggregation;
    }

    /** Groups of the window, by key. */
    Collection<SlidingGroup> groups() {
        return groups.values();
    }

    boolean isEmpty() {
        return slices.isEmpty();
    }

    /** Whether the window has more groups than it may, that of the others aside. */
    boolean hasTooMany() {
        int max = aggregation.definition().maxGroups();
        return groups.size() > max
                && !(groups.size() == max + 1 && groups.containsKey(aggregation.otherKey()));
    }

    /** Takes a row; slices enter in order of time. */
    void add(long sliceMs, byte[] key, byte[] value) {
        if (slices.isEmpty() || slices.getLast().startMs() != sliceMs) {
            slices.add(new Slice(sliceMs, new ArrayList<>()));
        }
        SlidingGroup group = groups.computeIfAbsent(key, _ -> new SlidingGroup(aggregation, key));
        group.add(value);
        slices.getLast().groups().add(group);
    }

    /** Lets the slices go that start before {@code startMs}. */
    void removeBefore(long startMs) {
        while (!slices.isEmpty() && slices.getFirst().startMs() < startMs) {
            for (SlidingGroup group : slices.removeFirst().groups()) {
                group.removeOldest();
                if (group.isEmpty()) {
                    groups.remove(group.key());
                }
            }
        }
    }
}
