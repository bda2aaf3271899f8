package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

/**
 * What the slices of a moving window hold for one group and one value that is a sketch: a queue, of
 * which the union is known at any time. Confined to one thread.
 */
sealed interface SlidingSketch permits SketchStacks, SlidingDistinct {
    static SlidingSketch of(SketchAggregator aggregator) {
        return aggregator instanceof DistinctAggregator
                ? new SlidingDistinct()
                : new SketchStacks(aggregator);
    }

    /**
     * Takes what the slice that enters holds.
     *
     * @param sketch belongs to the queue from now on; null for nothing
     */
    void add(@Nullable Sketch sketch);

    /** Lets the oldest slice go. */
    void removeOldest();

    /** What the value shows. */
    @Nullable Object result();
}
