package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Any sketch, by two stacks as {@link SlidingSums} explains them. Confined to one thread. */
final class SketchStacks implements SlidingSketch {
    private final SketchAggregator aggregator;

    /** The oldest slice last, each merged with all that came after it into this stack. */
    private final List<@Nullable Sketch> front = new ArrayList<>();

    /** The newest slice last. */
    private final List<@Nullable Sketch> back = new ArrayList<>();

    private @Nullable Sketch backUnion;

    SketchStacks(SketchAggregator aggregator) {
        this.aggregator = aggregator;
    }

    @Override
    public void add(@Nullable Sketch sketch) {
        back.add(sketch);
        if (sketch != null) {
            backUnion = aggregator.merge(backUnion, aggregator.copy(sketch));
        }
    }

    @Override
    public void removeOldest() {
        if (front.isEmpty()) {
            Sketch union = null;
            for (Sketch sketch : back.reversed()) {
                union = sketch == null ? union : merge(union, sketch);
                front.add(union);
            }
            back.clear();
            backUnion = null;
        }
        Sketch _ = front.removeLast();
    }

    private Sketch merge(@Nullable Sketch union, Sketch sketch) {
        return aggregator.merge(union == null ? null : aggregator.copy(union), sketch);
    }

    @Override
    public @Nullable Object result() {
        Sketch oldest = front.isEmpty() ? null : front.getLast();
        Sketch newest = backUnion;
        if (oldest == null || newest == null) {
            return aggregator.result(oldest == null ? newest : oldest);
        }
        return aggregator.result(merge(oldest, aggregator.copy(newest)));
    }
}
