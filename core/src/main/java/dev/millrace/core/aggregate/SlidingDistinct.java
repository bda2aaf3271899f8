package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of hashes that is exact: of each the last slice that holds it is known, so that it leaves
 * with that one. Once the window holds more than are counted exactly, or a slice does, it goes on
 * as {@link SketchStacks}. Confined to one thread.
 */
final class SlidingDistinct implements SlidingSketch {
    private final DistinctAggregator aggregator;
    private final List<@Nullable Sketch> slices = new ArrayList<>();
    private final LastSlices last = new LastSlices();

    /** Where the oldest slice stands in {@link #slices}. */
    private int head;

    /** The number of the slice at place 0 of {@link #slices}. */
    private int firstNumber;

    private @Nullable SketchStacks stacks;

    SlidingDistinct(DistinctAggregator aggregator) {
        this.aggregator = aggregator;
    }

    @Override
    public void add(@Nullable Sketch sketch) {
        if (stacks != null) {
            stacks.add(sketch);
            return;
        }
        slices.add(sketch);
        int number = firstNumber + slices.size() - 1;
        switch ((DistinctSketch) sketch) {
            case null -> {}
            case DistinctOne one -> last.put(one.hash(), number);
            case DistinctFew few -> few.forEach(hash -> last.put(hash, number));
            case DistinctEstimate _ -> stacks = stacked();
        }
        if (last.size() > DistinctSketch.EXACT_MAX) {
            stacks = stacked();
        }
    }

    private SketchStacks stacked() {
        SketchStacks stacked = new SketchStacks(aggregator);
        slices.subList(head, slices.size()).forEach(stacked::add);
        slices.clear();
        last.clear();
        return stacked;
    }

    @Override
    public void removeOldest() {
        if (stacks != null) {
            stacks.removeOldest();
            return;
        }
        int number = firstNumber + head;
        switch ((DistinctSketch) slices.set(head++, null)) {
            case null -> {}
            case DistinctOne one -> last.remove(one.hash(), number);
            case DistinctFew few -> few.forEach(hash -> last.remove(hash, number));
            case DistinctEstimate _ ->
                    throw new IllegalStateException("an estimate among exact sets");
        }
        if (2 * head >= slices.size()) {
            slices.subList(0, head).clear();
            firstNumber += head;
            head = 0;
        }
    }

    @Override
    public @Nullable Object result() {
        return stacks == null ? (Object) (long) last.size() : stacks.result();
    }
}
