package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** To be written. */
record DistinctAggregator(Field field) implements SketchAggregator {
    @Override
    public @Nullable String problem(Event event) {
        return null;
    }

    @Override
    public @Nullable Sketch add(@Nullable Sketch to, Event event) {
        throw new UnsupportedOperationException("distinct");
    }

    @Override
    public Sketch merge(@Nullable Sketch into, Sketch from) {
        throw new UnsupportedOperationException("distinct");
    }

    @Override
    public @Nullable Object result(@Nullable Sketch sketch) {
        throw new UnsupportedOperationException("distinct");
    }

    @Override
    public byte[] encode(Sketch sketch) {
        throw new UnsupportedOperationException("distinct");
    }

    @Override
    public Sketch decode(ByteBuffer bytes) {
        throw new UnsupportedOperationException("distinct");
    }
}
