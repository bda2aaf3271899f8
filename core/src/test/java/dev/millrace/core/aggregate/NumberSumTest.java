package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Sums held against {@link BigDecimal}. */
class NumberSumTest {
    private static final int AT = 3;

    private final long[] cells = new long[AT + NumberSum.CELLS];

    private void add(Object value) {
        switch (value) {
            case Long integer -> NumberSum.addInteger(cells, AT, integer);
            case Double fraction -> NumberSum.addFraction(cells, AT, fraction);
            default -> throw new IllegalArgumentException("no number: " + value);
        }
    }

    private static BigDecimal exact(List<?> values) {
        BigDecimal sum = BigDecimal.ZERO;
        for (Object value : values) {
            sum =
                    sum.add(
                            value instanceof Long integer
                                    ? BigDecimal.valueOf(integer)
                                    : new BigDecimal((Double) value));
        }
        return sum;
    }

    @Test
    void nothingHasNoSum() {
        assertThat(NumberSum.result(cells, AT)).isNull();
        assertThat(NumberSum.count(cells, AT)).isZero();
    }

    @Test
    void integersAddUpExactlyWhereverTheyCarry() {
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            Arrays.fill(cells, 0);
            List<Long> values = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(6); i++) {
                long value =
                        switch (random.nextInt(4)) {
                            case 0 -> Long.MAX_VALUE - random.nextInt(2);
                            case 1 -> Long.MIN_VALUE + random.nextInt(2);
                            case 2 -> random.nextInt(5) - 2;
                            default -> random.nextLong();
                        };
                values.add(value);
                add(value);
            }
            BigDecimal exact = exact(values);
            boolean fits = exact.toBigInteger().bitLength() < Long.SIZE;
            assertThat(NumberSum.result(cells, AT))
                    .as("sum of %s", values)
                    .isEqualTo(fits ? (Object) exact.longValue() : (Object) exact.doubleValue());
            assertThat(NumberSum.asDouble(cells, AT)).isEqualTo(exact.doubleValue());
        }
    }

    @Test
    void fractionsOfLikeMagnitudeSumAsTheyWouldExactlyInAnyOrderAndGrouping() {
        Random random = new Random(2);
        for (int round = 0; round < 300; round++) {
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                values.add(
                        random.nextInt(4) == 0
                                ? (Object) (long) random.nextInt(1_000)
                                : (Object) (random.nextInt(1_000_000) / 1_000.0));
            }
            double expected = exact(values).doubleValue();
            for (int order = 0; order < 3; order++) {
                Collections.shuffle(values, random);
                assertThat(sumInParts(values, random)).isEqualTo(expected);
            }
        }
    }

    private static Object sumInParts(List<Object> values, Random random) {
        NumberSumTest total = new NumberSumTest();
        NumberSumTest part = new NumberSumTest();
        for (Object value : values) {
            part.add(value);
            if (random.nextInt(5) == 0) {
                NumberSum.merge(part.cells, AT, total.cells, AT);
                part = new NumberSumTest();
            }
        }
        NumberSum.merge(part.cells, AT, total.cells, AT);
        Object result = NumberSum.result(total.cells, AT);
        return result instanceof Long whole ? (Object) whole.doubleValue() : result;
    }

    @Test
    void smallOnesAreNotLostAmongLargeOnesOfLikeSign() {
        List<Double> values = new ArrayList<>(Collections.nCopies(3_000, 0.001));
        values.addFirst(1e16);
        values.forEach(this::add);
        assertThat(NumberSum.asDouble(cells, AT)).isEqualTo(exact(values).doubleValue());
    }

    @Test
    void sumBeyondTheRangeOfADoubleStaysAtTheLargest() {
        add(Double.MAX_VALUE);
        add(Double.MAX_VALUE);
        assertThat(NumberSum.result(cells, AT)).isEqualTo(Double.MAX_VALUE);
        add(-1.0);
        assertThat(NumberSum.result(cells, AT)).isEqualTo(Double.MAX_VALUE);
    }

    @Test
    void onlyIntegersMakeAnInteger() {
        add(1L);
        add(2L);
        assertThat(NumberSum.result(cells, AT)).isEqualTo(3L);
        add(0.0);
        assertThat(NumberSum.result(cells, AT)).isEqualTo(3.0);
    }

    @Test
    void neighboursInTheArrayAreLeftAlone() {
        add(-1L);
        add(0.5);
        assertThat(cells).startsWith(0, 0, 0);
    }
}
