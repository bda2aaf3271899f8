package dev.millrace.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The values of some rounds, of which the median counts, and how far they lie apart.
 *
 * @param middle the median
 */
record Median(double lowest, double middle, double highest) {
    /**
     * Of a figure.
     *
     * @param turns one or more
     * @return NaN in all if it was not measured
     */
    static Median of(List<Turn> turns, String figure) {
        return of(turns, turn -> turn.figure(figure));
    }

    private static Median of(List<Turn> turns, ToDoubleFunction<Turn> figure) {
        return of(turns.stream().mapToDouble(figure).toArray());
    }

    /**
     * Of the ratios of single rounds, to the highest of the others in that round, since turns of
     * one round had the machine in much the same state.
     *
     * @param own as many turns as each of the others has, round by round
     * @param others one or more
     */
    static Median ofRatio(List<Turn> own, List<List<Turn>> others, String figure) {
        return of(
                IntStream.range(0, own.size())
                        .mapToDouble(round ->
                                own.get(round).figure(figure) / highest(others, round, figure))
                        .toArray());
    }

    private static double highest(List<List<Turn>> others, int round, String figure) {
        return others.stream()
                .mapToDouble(turns -> turns.get(round).figure(figure))
                .max()
                .orElseThrow();
    }

    private static Median of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        double middle =
                sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        // Numbers that are none are sorted to the end.
        return Double.isNaN(sorted[sorted.length - 1])
                ? new Median(Double.NaN, Double.NaN, Double.NaN)
                : new Median(sorted[0], middle, sorted[sorted.length - 1]);
    }

    boolean isVoid() {
        return Double.isNaN(middle);
    }
}
