package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.KeyBuffer;

import org.apache.datasketches.hash.XxHash64;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * How many different values a field has; 0 for nothing. Exact up to {@value
 * DistinctSketch#EXACT_MAX}, then with a standard error of 1.6 %, see {@link DistinctEstimate}.
 */
record DistinctAggregator(ScalarField of) implements SketchAggregator {
    private static final long SEED = 0;

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
        long hash = hash(key);
        return to == null ? new DistinctOne(hash) : ((DistinctSketch) to).add(hash);
    }

    /**
     * XXH64, seed 0, of the value's key; 1 for 0. Stores keep it, so it never changes. Among 256
     * values two have the same hash once in 5 · 10^14 sets.
     */
    private static long hash(KeyBuffer key) {
        long hash = XxHash64.hashBytes(key.bytes(), 0, key.length(), SEED);
        return hash == 0 ? 1 : hash;
    }

    @Override
    public Sketch merge(@Nullable Sketch into, Sketch from) {
        return into == null ? from : ((DistinctSketch) into).merge((DistinctSketch) from);
    }

    @Override
    public Sketch copy(Sketch sketch) {
        return ((DistinctSketch) sketch).copy();
    }

    @Override
    public @Nullable Object result(@Nullable Sketch sketch) {
        return sketch == null ? 0L : ((DistinctSketch) sketch).count();
    }

    @Override
    public byte[] encode(Sketch sketch) {
        return ((DistinctSketch) sketch).encode();
    }

    @Override
    public Sketch decode(ByteBuffer bytes) {
        return DistinctCodec.decode(bytes);
    }
}
