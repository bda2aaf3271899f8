package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

/**
 * Accumulators in rows, all values of an aggregate in each: longs one behind the other in one
 * array, sketches in another. Both arrays are valid until the next row is added.
 */
interface Accumulators {
    long[] cells();

    @Nullable Sketch[] sketches();

    /** Where the accumulator of a row begins in {@link #cells}. */
    int at(int row);

    /** Where the accumulator of a row begins in {@link #sketches}. */
    int sketchesAt(int row);
}
