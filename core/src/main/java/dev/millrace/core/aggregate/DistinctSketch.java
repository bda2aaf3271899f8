package dev.millrace.core.aggregate;

/**
 * A set of 64-bit hashes: counted exactly up to {@value #EXACT_MAX}, estimated beyond. What it
 * counts depends on the set alone, not on the order in which it was filled or put together.
 *
 * <p>There can be millions of them, most with one hash, hence a form for each size: one hash costs
 * 24 bytes of heap, up to 256 of them 40 bytes and 8 to 21 for each hash, everything beyond about 4
 * KiB.
 */
sealed interface DistinctSketch extends Sketch permits DistinctOne, DistinctFew, DistinctEstimate {
    /** So many different values are counted exactly. */
    int EXACT_MAX = 256;

    /**
     * @param hash not 0, which stands for a free place
     * @return this, or what takes its place
     */
    DistinctSketch add(long hash);

    /**
     * @param from belongs to the result from now on
     * @return this, {@code from}, or what takes their place
     */
    default DistinctSketch merge(DistinctSketch from) {
        return size() < from.size() ? addAll(from, this) : addAll(this, from);
    }

    private static DistinctSketch addAll(DistinctSketch large, DistinctSketch small) {
        return switch (small) {
            case DistinctOne one -> large.add(one.hash());
            case DistinctFew few -> few.addTo(large);
            // The larger one is then an estimate too.
            case DistinctEstimate estimate -> estimate.addTo((DistinctEstimate) large);
        };
    }

    /** One that can be changed without changing this one. */
    DistinctSketch copy();

    /** How many hashes it holds; {@link Integer#MAX_VALUE} when it does not know any more. */
    int size();

    /** How many different hashes were added, exactly or estimated. */
    long count();

    /** Bytes that {@link DistinctCodec} takes back. */
    byte[] encode();
}
