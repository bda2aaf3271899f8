package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

class DistinctAggregatorTest {
    private static final double STANDARD_ERROR = 1.04 / 64;

    private final Scalars scalars = new Scalars();
    private final DistinctAggregator distinct = Scalars.distinct();

    private Object count(Object... values) {
        return scalars.result(distinct, values);
    }

    private static List<String> visitors(int count) {
        return IntStream.range(0, count).mapToObj(i -> "visitor-" + i).toList();
    }

    @Test
    void nothingIsZero() {
        assertThat(distinct.result(null)).isEqualTo(0L);
        assertThat(distinct.add(null, scalars.event(null))).isNull();
        assertThat(distinct.add(null, scalars.missing())).isNull();
    }

    @Test
    void missingAndNullAreLeftOut() {
        Sketch one = scalars.sketch(distinct, List.of("a"));
        assertThat(distinct.add(one, scalars.event(null))).isSameAs(one);
        assertThat(distinct.add(one, scalars.missing())).isSameAs(one);
    }

    @Test
    void equalNumbersAreOneValueAndTheirTextsAreOthers() {
        assertThat(count(5L, 5.0)).isEqualTo(1L);
        assertThat(count(0L, -0.0, 0.0)).isEqualTo(1L);
        assertThat(count(5L, "5")).isEqualTo(2L);
        assertThat(count(true, "true", false, 1L, "")).isEqualTo(5L);
        assertThat(count(9_007_199_254_740_993L, 0x1p53)).isEqualTo(2L);
    }

    @Test
    void objectsAndListsAreProblems() {
        assertThat(distinct.problem(scalars.event(Map.of())))
                .isEqualTo(
                        "data.v is an object, but this value needs a string, a number or a boolean");
        assertThat(distinct.problem(scalars.event(List.of())))
                .isEqualTo(
                        "data.v is an array, but this value needs a string, a number or a boolean");
        assertThat(distinct.problem(scalars.event(1L))).isNull();
        assertThat(distinct.problem(scalars.event(null))).isNull();
        assertThat(distinct.problem(scalars.missing())).isNull();
    }

    @Test
    void eachCountUpToTheBoundIsExact() {
        Sketch sketch = null;
        for (int i = 0; i < DistinctSketch.EXACT_MAX; i++) {
            for (int again = Math.max(0, i - 10); again <= i; again++) {
                sketch = distinct.add(sketch, scalars.event("visitor-" + again));
            }
            assertThat(distinct.result(sketch)).isEqualTo(i + 1L);
            sketch = Scalars.stored(distinct, sketch);
        }
        assertThat(sketch).isInstanceOf(DistinctFew.class);
        assertThat(distinct.add(sketch, scalars.event("another")))
                .isInstanceOf(DistinctEstimate.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 300, 500, 1_000, 3_000, 10_000, 30_000, 100_000, 1_000_000})
    void estimateIsWithinFourStandardErrors(int size) {
        Sketch sketch = scalars.sketch(distinct, LongStream.range(0, size).boxed().toList());
        assertThat(((Long) distinct.result(sketch)).doubleValue())
                .isCloseTo(size, within(4 * STANDARD_ERROR * size));
    }

    @Test
    void estimatesAreOffByTheStandardErrorOnAverage() {
        int size = 20_000;
        int rounds = 60;
        double squares = 0;
        for (int round = 0; round < rounds; round++) {
            long first = (long) round * size;
            Sketch sketch =
                    scalars.sketch(
                            distinct, LongStream.range(first, first + size).boxed().toList());
            double error = ((Long) distinct.result(sketch) - size) / (double) size;
            squares += error * error;
        }
        // The deviation of a deviation over 60 rounds is about 9 %.
        assertThat(Math.sqrt(squares / rounds)).isLessThan(1.4 * STANDARD_ERROR);
    }

    @Test
    void resultDependsNeitherOnOrderNorOnPartsNorOnMerges() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int size = 1 + random.nextInt(seed % 3 == 0 ? 5_000 : seed % 3 == 1 ? 600 : 20);
            List<String> values = new ArrayList<>(visitors(size));
            Object expected = distinct.result(scalars.sketch(distinct, values));
            for (int i = random.nextInt(size); i > 0; i--) {
                values.add(values.get(random.nextInt(size)));
            }
            Collections.shuffle(values, random);
            assertThat(distinct.result(scalars.inParts(distinct, values, random)))
                    .as("seed %d, %d values", seed, size)
                    .isEqualTo(expected);
        }
    }

    @Test
    void mergedUnionOfWhatOverlapsCountsEachValueOnce() {
        Sketch all = scalars.sketch(distinct, visitors(3_000));
        Sketch some = scalars.sketch(distinct, visitors(1_000));
        Object expected = distinct.result(scalars.sketch(distinct, visitors(3_000)));
        assertThat(distinct.result(distinct.merge(some, all))).isEqualTo(expected);
    }

    /** The hash was computed by other means from the specification of XXH64. */
    @Test
    void hashesNeverChange() {
        assertThat(distinct.encode(scalars.sketch(distinct, List.of("ab"))))
                .isEqualTo(HexFormat.of().parseHex("01" + "0cfca4f114905123"));
    }
}
