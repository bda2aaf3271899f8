package dev.millrace.core.detect;

import dev.millrace.core.pipeline.Value;

/** How much of a value's change means nothing. */
enum Noise {
    /** Numbers of things that come by themselves: the spread grows with the root of the number. */
    COUNT,
    /** Anything else: only its own spread tells. */
    MEASURE;

    /*
     * Visitors do not come by themselves, they look at several pages in a row; so twice the spread
     * of a Poisson process. That, and one more than the baseline, also keeps the skew of small
     * numbers from looking like a surge.
     */
    private static final double ROOTS = 2;

    private static final double SHARE = 0.1;

    /** Keeps scores finite where a value never changes. */
    private static final double LEAST = 1e-9;

    static Noise of(Value value) {
        return switch (value) {
            case Value.Count _, Value.Distinct _ -> COUNT;
            case Value.Sum _,
                    Value.Avg _,
                    Value.Min _,
                    Value.Max _,
                    Value.Quantile _,
                    Value.Top _ ->
                    MEASURE;
        };
    }

    /**
     * One deviation about a baseline.
     *
     * @param spread that was seen
     */
    double deviation(double baseline, double spread) {
        double least = Math.max(LEAST, SHARE * Math.abs(baseline));
        return switch (this) {
            case COUNT ->
                    Math.max(Math.max(spread, least), ROOTS * Math.sqrt(Math.max(0, baseline) + 1));
            case MEASURE -> Math.max(spread, least);
        };
    }
}
