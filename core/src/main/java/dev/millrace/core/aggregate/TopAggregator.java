package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.KeyBuffer;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The {@code k} most frequent values of a field, {@code [[value, count], …]}, the most frequent
 * first, equally frequent ones in the order of their keys; an empty list for nothing. See {@link
 * TopSketch} for what is exact and {@link TopItem} for long strings.
 */
record TopAggregator(ScalarField of, int k) implements SketchAggregator {
    @Override
    public @Nullable String problem(Event event) {
        return of.problem(event);
    }

    @Override
    public @Nullable Sketch add(@Nullable Sketch to, Event event) {
        KeyBuffer key = of.key(event);
        if (key.length() == 0) {
            return to;
        }
        TopSketch sketch = to == null ? new TopSketch() : (TopSketch) to;
        sketch.add(TopItem.of(key));
        return sketch;
    }

    @Override
    public Sketch merge(@Nullable Sketch into, Sketch from) {
        if (into == null) {
            return from;
        }
        ((TopSketch) into).merge((TopSketch) from);
        return into;
    }

    @Override
    public @Nullable Object result(@Nullable Sketch sketch) {
        return sketch == null ? List.of() : ((TopSketch) sketch).top(k);
    }

    @Override
    public byte[] encode(Sketch sketch) {
        return ((TopSketch) sketch).encode();
    }

    @Override
    public Sketch decode(ByteBuffer bytes) {
        return TopSketch.decode(bytes);
    }
}
