package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** A value whose partial values are sketches. Null stands for "nothing yet". */
sealed interface SketchAggregator extends Aggregator
        permits DistinctAggregator, QuantileAggregator, TopAggregator {
    /**
     * Adds an event that has no {@link #problem}.
     *
     * @return {@code to}, or what takes its place
     */
    @Nullable Sketch add(@Nullable Sketch to, Event event);

    /**
     * Adds one partial value to another.
     *
     * @param from belongs to the result from now on
     * @return {@code into}, {@code from}, or what takes their place
     */
    Sketch merge(@Nullable Sketch into, Sketch from);

    /** One that shares nothing with {@code sketch}. */
    default Sketch copy(Sketch sketch) {
        return decode(ByteBuffer.wrap(encode(sketch)));
    }

    /** What the value shows. */
    @Nullable Object result(@Nullable Sketch sketch);

    /** Bytes that {@link #decode} takes back. */
    byte[] encode(Sketch sketch);

    /**
     * @param bytes from its position to its limit
     */
    Sketch decode(ByteBuffer bytes);
}
