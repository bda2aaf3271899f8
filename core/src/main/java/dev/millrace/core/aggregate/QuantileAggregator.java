package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.JsonKind;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * A quantile of a field; null for nothing. It is always one of the numbers that came, never one
 * between two: the least to which at least a share of {@code q} of all numbers is not greater
 * ("inclusive"; {@code q: 0.5} of 1, 2, 3, 4 is 2).
 *
 * <p>Exact up to {@value QuantileSketch#EXACT_MAX} numbers. Beyond, the rank of what is shown
 * differs from {@code q} by at most 1.33 percent points in 99 of 100 cases. The sketch throws coins
 * where it lets numbers go: the same events in other parts, or a second time, can give another
 * result within that error.
 *
 * <p>Numbers are taken as doubles, so integers beyond 2^53 are rounded.
 */
record QuantileAggregator(NumericField of, double q) implements SketchAggregator {
    @Override
    public @Nullable String problem(Event event) {
        return of.problem(event);
    }

    @Override
    public @Nullable Sketch add(@Nullable Sketch to, Event event) {
        JsonKind kind = of.kind(event);
        if (!kind.isNumber()) {
            return to;
        }
        QuantileSketch sketch = to == null ? new QuantileSketch() : (QuantileSketch) to;
        sketch.add(event.number(of.field()));
        return sketch;
    }

    @Override
    public Sketch merge(@Nullable Sketch into, Sketch from) {
        return into == null ? from : ((QuantileSketch) into).merge((QuantileSketch) from);
    }

    @Override
    public Sketch copy(Sketch sketch) {
        return ((QuantileSketch) sketch).copy();
    }

    @Override
    public @Nullable Object result(@Nullable Sketch sketch) {
        return sketch == null ? null : ((QuantileSketch) sketch).quantile(q);
    }

    @Override
    public byte[] encode(Sketch sketch) {
        return ((QuantileSketch) sketch).encode();
    }

    @Override
    public Sketch decode(ByteBuffer bytes) {
        return QuantileSketch.decode(bytes);
    }
}
