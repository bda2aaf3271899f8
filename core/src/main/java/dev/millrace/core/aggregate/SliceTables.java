package dev.millrace.core.aggregate;

import java.time.Duration;
import java.util.Collection;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * The slices of an aggregate that are held in memory: from the first that events normally still
 * reach, which is the one that ends within the lateness before the watermark; an older one only
 * from a correction to the next commit. For tumbling windows, a slice is the window. Confined to
 * one thread.
 *
 * @param <T> what is held of a slice
 */
final class SliceTables<T> {
    private final Windows.Sliced cuts;
    private final LongFunction<T> factory;
    private final TreeMap<Long, T> tables = new TreeMap<>();
    private Aggregation aggregation;
    private long watermarkMs;
    private long heldFromMs;

    /**
     * @param factory makes what is held of a slice, by its start
     */
    SliceTables(
            Aggregation aggregation,
            Windows.Sliced cuts,
            long watermarkMs,
            LongFunction<T> factory) {
        this.cuts = cuts;
        this.aggregation = aggregation;
        this.factory = factory;
        this.watermarkMs = watermarkMs;
        this.heldFromMs = firstReachable();
    }

    Aggregation aggregation() {
        return aggregation;
    }

    void redefine(Aggregation changed) {
        aggregation = changed;
    }

    long watermarkMs() {
        return watermarkMs;
    }

    /** Slices that start before this are not held between commits. Never falls. */
    long heldFromMs() {
        return heldFromMs;
    }

    /** Those that are held, in order of time. */
    Collection<T> tables() {
        return tables.values();
    }

    /** That of the slice which starts at {@code startMs}, a new one if it is not held. */
    T table(long startMs) {
        return tables.computeIfAbsent(startMs, factory::apply);
    }

    void raiseWatermark(long newWatermarkMs) {
        watermarkMs = newWatermarkMs;
    }

    /** Lets go of the slices that events do not normally reach any more. */
    void release() {
        heldFromMs = Math.max(heldFromMs, firstReachable());
        tables.headMap(heldFromMs).clear();
    }

    long keptFromMs(Duration keep) {
        return cuts.keptFromMs(watermarkMs, keep);
    }

    private long firstReachable() {
        if (watermarkMs == Long.MIN_VALUE) {
            return Long.MIN_VALUE;
        }
        return cuts.slices().startOf(watermarkMs - aggregation.definition().lateness().toMillis());
    }
}
