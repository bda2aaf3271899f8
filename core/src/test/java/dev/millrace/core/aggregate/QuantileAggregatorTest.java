package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

class QuantileAggregatorTest {
    /** 1.33 % holds in 99 of 100 cases; coins must not fail a build. */
    private static final double RANK_ERROR = 2 * 0.0133;

    private final Scalars scalars = new Scalars();

    private Object quantile(double q, Object... values) {
        return scalars.result(Scalars.quantile(q), values);
    }

    @Test
    void nothingHasNoQuantile() {
        QuantileAggregator median = Scalars.quantile(0.5);
        assertThat(median.result(null)).isNull();
        assertThat(median.add(null, scalars.event(null))).isNull();
        assertThat(median.add(null, scalars.missing())).isNull();
    }

    @Test
    void quantileIsOneOfTheNumbers() {
        assertThat(quantile(0.5, 7L)).isEqualTo(7.0);
        assertThat(quantile(0.5, 1L, 2L, 3L, 4L)).isEqualTo(2.0);
        assertThat(quantile(0.51, 1L, 2L, 3L, 4L)).isEqualTo(3.0);
        assertThat(quantile(0.5, 3L, 1L, 2L)).isEqualTo(2.0);
        assertThat(quantile(0.95, LongStream.rangeClosed(1, 100).boxed().toArray()))
                .isEqualTo(95.0);
        assertThat(quantile(0.07, LongStream.rangeClosed(1, 100).boxed().toArray())).isEqualTo(7.0);
        assertThat(quantile(0.001, 1.5, 2L)).isEqualTo(1.5);
        assertThat(quantile(0.999, 1.5, 2L)).isEqualTo(2.0);
    }

    @Test
    void equalNumbersCountAsOftenAsTheyCome() {
        assertThat(quantile(0.5, 1L, 1L, 1L, 9L)).isEqualTo(1.0);
        assertThat(quantile(0.8, 1L, 1L, 1L, 9L)).isEqualTo(9.0);
    }

    @Test
    void zeroHasNoSign() {
        assertThat(quantile(0.5, -0.0)).isEqualTo(0.0);
    }

    @Test
    void integersBeyondFiftyThreeBitsAreRounded() {
        assertThat(quantile(0.5, 9_007_199_254_740_993L)).isEqualTo(0x1p53);
    }

    @Test
    void whatIsNoNumberIsAProblem() {
        assertThat(Scalars.quantile(0.5).problem(scalars.event("fast")))
                .isEqualTo("data.v is a string, but this value needs a number");
    }

    @Test
    void upToTheBoundItIsExactHoweverItIsPutTogether() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            double q = 0.001 + 0.998 * random.nextDouble();
            int size = 1 + random.nextInt(QuantileSketch.EXACT_MAX);
            double[] numbers = random.doubles(size, -100, 100).toArray();
            List<Double> shuffled = new ArrayList<>(DoubleStream.of(numbers).boxed().toList());
            Collections.shuffle(shuffled, random);
            QuantileAggregator aggregator = Scalars.quantile(q);
            double expected =
                    DoubleStream.of(numbers).sorted().toArray()[(int) Math.ceil(q * size) - 1];
            assertThat(aggregator.result(scalars.inParts(aggregator, shuffled, random)))
                    .as("seed %d, %s of %d", seed, q, size)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 1_000, 10_000, 100_000, 1_000_000})
    void rankIsWithinTheError(int size) {
        List<Long> numbers = new ArrayList<>(LongStream.range(0, size).boxed().toList());
        Collections.shuffle(numbers, new Random(size));
        Sketch sketch = scalars.sketch(Scalars.quantile(0.5), numbers);
        for (double q : new double[] {0.01, 0.25, 0.5, 0.95, 0.99}) {
            double rank = (Double) Scalars.quantile(q).result(sketch) / size;
            assertThat(rank).isBetween(q - RANK_ERROR, q + RANK_ERROR);
        }
    }

    @Test
    void rankOfMergedPartsIsWithinTheError() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            int size = 1_000 + random.nextInt(20_000);
            List<Long> numbers = new ArrayList<>(LongStream.range(0, size).boxed().toList());
            Collections.shuffle(numbers, random);
            QuantileAggregator p90 = Scalars.quantile(0.9);
            Sketch sketch = scalars.inParts(p90, numbers, random);
            assertThat((Double) p90.result(sketch) / size)
                    .as("seed %d", seed)
                    .isBetween(0.9 - RANK_ERROR, 0.9 + RANK_ERROR);
        }
    }

    @Test
    void extremesStayWhatTheyAre() {
        List<Long> numbers = LongStream.range(0, 100_000).boxed().toList();
        Sketch sketch = scalars.sketch(Scalars.quantile(0.5), numbers);
        assertThat(Scalars.quantile(Double.MIN_VALUE).result(sketch)).isEqualTo(0.0);
        assertThat(Scalars.quantile(Math.nextDown(1.0)).result(sketch)).isEqualTo(99_999.0);
    }
}
