package dev.millrace.core.aggregate;

import dev.millrace.core.event.KeyBuffer;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The slices that a moving window holds, and their groups, numbered in order of arrival. Groups are
 * found by hash; their order by key is made anew, in one pass, when a window is asked for after new
 * ones have come. Those that are gone keep their number and place until there are too many of them.
 * Confined to one thread.
 */
final class SlidingGroups {
    private static final int DEAD_MAX = 1_024;

    private final Aggregation aggregation;
    private final byte[] otherKey;
    private final KeyBuffer buffer = new KeyBuffer();
    private final SlidingSums sums;

    /** Oldest first. */
    private final ArrayDeque<SlidingSlice> slices = new ArrayDeque<>();

    /** How many of the slices, from the oldest on, make the front of {@link #sums}. */
    private int front;

    /** The slice that left last, for the use of the one that enters next. */
    private @Nullable SlidingSlice spare;

    private GroupTable index = new GroupTable(0, 0, 0);
    private byte[][] keys = {};

    /** All groups by key, as of when it was made. */
    private int[] ordered = {};

    SlidingGroups(Aggregation aggregation) {
        this.aggregation = aggregation;
        this.otherKey = aggregation.otherKey();
        this.sums = new SlidingSums(aggregation);
    }

    boolean isEmpty() {
        return slices.isEmpty();
    }

    SlidingSums sums() {
        return sums;
    }

    /** The key of a group; not changed any more. */
    byte[] key(int group) {
        return keys[group];
    }

    /** The groups by key, those without entries included; valid until a slice enters or leaves. */
    int[] ordered() {
        if (ordered.length < sums.groups()) {
            ordered = merged(entered());
        }
        return ordered;
    }

    /** Those that are not in the old order, by key. */
    private int[] entered() {
        return IntStream.range(ordered.length, sums.groups())
                .boxed()
                .sorted(this::compareKeys)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private int[] merged(int[] entered) {
        int[] merged = new int[ordered.length + entered.length];
        int old = 0;
        int added = 0;
        for (int i = 0; i < merged.length; i++) {
            boolean takesOld =
                    added == entered.length
                            || old < ordered.length
                                    && compareKeys(ordered[old], entered[added]) < 0;
            merged[i] = takesOld ? ordered[old++] : entered[added++];
        }
        return merged;
    }

    private int compareKeys(int group, int other) {
        return Arrays.compareUnsigned(keys[group], keys[other]);
    }

    /** Whether the window has more groups than it may, that of the others aside. */
    boolean hasTooMany() {
        int max = aggregation.definition().maxGroups();
        return sums.size() > max && !(sums.size() == max + 1 && holdsOthers());
    }

    private boolean holdsOthers() {
        buffer.set(otherKey);
        int group = index.find(buffer);
        return group != GroupTable.NONE && !sums.isEmpty(group);
    }

    /** Takes a stored row of a slice; slices enter in order of time. */
    void add(long sliceMs, byte[] chunk) {
        if (slices.isEmpty() || slices.getLast().startMs() != sliceMs) {
            slices.add(newSlice(sliceMs));
        }
        SlidingSlice slice = slices.getLast();
        SliceCodec.decode(
                chunk,
                buffer,
                (key, revision, accumulator) -> add(slice, key, revision, accumulator));
    }

    private SlidingSlice newSlice(long startMs) {
        SlidingSlice slice = spare == null ? new SlidingSlice(aggregation) : spare;
        spare = null;
        return slice.reuse(startMs);
    }

    private void add(SlidingSlice slice, KeyBuffer key, long revision, ByteBuffer accumulator) {
        int group = index.findOrAdd(key);
        if (group == sums.groups()) {
            if (group == keys.length) {
                keys = Arrays.copyOf(keys, Math.max(DEAD_MAX, 2 * group));
            }
            keys[group] = key.toByteArray();
            sums.addGroup();
        }
        sums.enter(slice, slice.add(group, revision, accumulator));
    }

    /** Lets the slices go that start before {@code startMs}. */
    void removeBefore(long startMs) {
        while (!slices.isEmpty() && slices.getFirst().startMs() < startMs) {
            if (front == 0) {
                sums.flip(slices::descendingIterator);
                front = slices.size();
            }
            SlidingSlice oldest = slices.removeFirst();
            sums.leave(oldest);
            front--;
            spare = oldest;
        }
        if (sums.groups() > 2 * sums.size() + DEAD_MAX) {
            forgetTheDead();
        }
    }

    private void forgetTheDead() {
        int[] kept =
                IntStream.range(0, sums.groups()).filter(group -> !sums.isEmpty(group)).toArray();
        int[] numbers = new int[sums.groups()];
        byte[][] keptKeys = new byte[kept.length][];
        index = new GroupTable(0, 0, 0, GroupTable.Room.of(kept.length));
        for (int i = 0; i < kept.length; i++) {
            numbers[kept[i]] = i;
            keptKeys[i] = keys[kept[i]];
            buffer.set(keptKeys[i]);
            int _ = index.findOrAdd(buffer);
        }
        ordered =
                Arrays.stream(ordered())
                        .filter(group -> !sums.isEmpty(group))
                        .map(group -> numbers[group])
                        .toArray();
        keys = keptKeys;
        slices.forEach(slice -> slice.renumber(numbers));
        sums.retain(kept);
    }
}
