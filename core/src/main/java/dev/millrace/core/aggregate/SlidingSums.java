package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a moving window holds for each of its groups: the sum of the entries of its slices, known at
 * any time after a constant number of additions per entry that comes or goes. Groups are numbered
 * from 0, and may be without entries. Confined to one thread.
 */
final class SlidingSums implements RowValues {
    /*
     * Two stacks make a queue of slices. Of the back one, into which slices enter, each group's sum
     * is kept. When the front one, from which they leave, is empty, the back becomes it: from the
     * newest slice to the oldest, each entry is added to its group's sum of the front, and keeps in
     * its place what that sum was before. When its slice leaves, the sum becomes that again.
     * (Tangwongsan, Hirzel, Schneider: General incremental sliding-window aggregation, VLDB 2015,
     * who name it folklore.) Nothing is ever subtracted, so that it serves every value and keeps
     * every digit.
     *
     * All groups lie side by side in one array, as every window has a row for each of them.
     */

    private static final int FIRST_CAPACITY = 16;

    private final Aggregation aggregation;

    /** Longs of a sum, its lead included. */
    private final int stride;

    /** Of each group the front's sum, then the back's. */
    private long[] sums;

    /** How many entries each group has. */
    private int[] held = new int[FIRST_CAPACITY];

    /** Of each group a queue for each value that is a sketch. */
    private List<List<SlidingSketch>> sketches = new ArrayList<>();

    private int groups;
    private int size;

    /** An entry on its way. */
    private final long[] passing;

    /** The group that is shown, and the sum of its cells. */
    private int shown;

    private final GroupTable sum;
    private long revision;

    SlidingSums(Aggregation aggregation) {
        this.aggregation = aggregation;
        this.stride = SlidingSlice.LEAD + aggregation.cells();
        this.sums = new long[2 * stride * FIRST_CAPACITY];
        this.passing = new long[stride];
        this.sum = aggregation.newRow();
    }

    /** All groups. */
    int groups() {
        return groups;
    }

    /** Groups with entries. */
    int size() {
        return size;
    }

    boolean isEmpty(int group) {
        return held[group] == 0;
    }

    /** Makes a group, which takes the next number. */
    void addGroup() {
        if (groups == held.length) {
            held = Arrays.copyOf(held, 2 * groups);
            sums = Arrays.copyOf(sums, Math.multiplyExact(2 * groups, 2 * stride));
        }
        groups++;
        if (aggregation.sketches() > 0) {
            sketches.add(aggregation.newSlidingSketches());
        }
    }

    /** Adds an entry of the slice that enters, whose sketches are used up. */
    void enter(SlidingSlice slice, int entry) {
        int group = slice.group(entry);
        if (held[group]++ == 0) {
            size++;
        }
        plus(slice.cells(), slice.leadAt(entry), backAt(group));
        for (int i = 0; i < aggregation.sketches(); i++) {
            sketches.get(group).get(i).add(slice.sketches()[i]);
            slice.sketches()[i] = null;
        }
    }

    /**
     * Makes the front of the back, when no slice of the front is left.
     *
     * @param newestFirst all slices
     */
    void flip(Iterable<SlidingSlice> newestFirst) {
        for (int group = 0; group < groups; group++) {
            Arrays.fill(sums, frontAt(group), frontAt(group + 1), 0);
        }
        for (SlidingSlice slice : newestFirst) {
            for (int entry = 0; entry < slice.size(); entry++) {
                int frontAt = frontAt(slice.group(entry));
                System.arraycopy(sums, frontAt, passing, 0, stride);
                plus(slice.cells(), slice.leadAt(entry), frontAt);
                System.arraycopy(passing, 0, slice.cells(), slice.leadAt(entry), stride);
            }
        }
    }

    /** Lets the oldest slice of the front go. */
    void leave(SlidingSlice slice) {
        for (int entry = 0; entry < slice.size(); entry++) {
            int group = slice.group(entry);
            if (--held[group] == 0) {
                size--;
            }
            System.arraycopy(slice.cells(), slice.leadAt(entry), sums, frontAt(group), stride);
            if (aggregation.sketches() > 0) {
                sketches.get(group).forEach(SlidingSketch::removeOldest);
            }
        }
    }

    /**
     * Forgets all groups but those of {@code kept}, which take its order as their numbers.
     *
     * @param kept rising
     */
    void retain(int[] kept) {
        List<List<SlidingSketch>> keptSketches = new ArrayList<>();
        for (int i = 0; i < kept.length; i++) {
            held[i] = held[kept[i]];
            System.arraycopy(sums, frontAt(kept[i]), sums, frontAt(i), 2 * stride);
            if (aggregation.sketches() > 0) {
                keptSketches.add(sketches.get(kept[i]));
            }
        }
        Arrays.fill(held, kept.length, groups, 0);
        Arrays.fill(sums, frontAt(kept.length), frontAt(groups), 0);
        sketches = keptSketches;
        groups = kept.length;
    }

    /** Makes {@link #value} and {@link #revision} those of a group. */
    void show(int group) {
        int frontAt = frontAt(group);
        int backAt = backAt(group);
        shown = group;
        System.arraycopy(
                sums, frontAt + SlidingSlice.LEAD, sum.cells(), sum.at(0), aggregation.cells());
        aggregation.mergeCells(sums, backAt + SlidingSlice.LEAD, sum.cells(), sum.at(0));
        revision = Math.max(sums[frontAt], sums[backAt]);
    }

    /** The highest revision of the entries that were added up. */
    long revision() {
        return revision;
    }

    @Override
    public @Nullable Object value(int index) {
        int sketch = aggregation.sketchOf(index);
        return sketch < 0
                ? aggregation.value(index, sum, 0)
                : sketches.get(shown).get(sketch).result();
    }

    private int frontAt(int group) {
        return group * 2 * stride;
    }

    private int backAt(int group) {
        return frontAt(group) + stride;
    }

    private void plus(long[] from, int fromAt, int at) {
        sums[at] = Math.max(sums[at], from[fromAt]);
        aggregation.mergeCells(from, fromAt + SlidingSlice.LEAD, sums, at + SlidingSlice.LEAD);
    }
}
