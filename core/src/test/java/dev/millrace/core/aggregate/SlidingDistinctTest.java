package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayDeque;
import java.util.Random;

class SlidingDistinctTest {
    private final DistinctAggregator aggregator = Scalars.distinct();
    private final SlidingDistinct sliding = new SlidingDistinct();
    private final ArrayDeque<long[]> window = new ArrayDeque<>();

    /**
     * @param most hashes in a slice: so that all are exact, some are estimated by coupons, or by
     *     registers
     */
    @ParameterizedTest
    @ValueSource(ints = {3, 40, 300, 380, 2_000})
    void aWindowCountsAsTheUnionOfItsSlices(int most) {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            SlidingDistinct moving = new SlidingDistinct();
            window.clear();
            int bound = seed % 2 == 0 ? 300 : 1 << 20;
            for (int step = 0; step < 100; step++) {
                int calm = step % 40 < 20 ? 1 : 50;
                long[] slice = slice(random, random.nextInt(most / calm + 1), bound);
                window.add(slice);
                moving.add(sketch(slice));
                while (window.size() > 12 || !window.isEmpty() && random.nextInt(20) == 0) {
                    window.remove();
                    moving.removeOldest();
                }
                assertThat(moving.result()).as("seed %d, step %d", seed, step).isEqualTo(union());
            }
        }
    }

    @Test
    void eachNumberOfHashesCountsAsTheSketchDoesOnTheWayUpAndDown() {
        for (int i = 1; i <= 1_000; i++) {
            add(mixed(i));
            assertThat(sliding.result()).isEqualTo(union());
        }
        for (int i = 1; i <= 1_000; i++) {
            window.remove();
            sliding.removeOldest();
            assertThat(sliding.result()).isEqualTo(union());
        }
    }

    @Test
    void hashesOfTheSameCouponCountOnceAsLongAsCouponsAreCounted() {
        long[] twins = {9_552, 12_647};
        for (int i = 0; i < 300; i++) {
            add(mixed(i + 1));
        }
        Object without = sliding.result();
        add(twins);
        assertThat(sliding.result()).isEqualTo(union()).isNotEqualTo(without);
    }

    private void add(long... slice) {
        window.add(slice);
        sliding.add(sketch(slice));
    }

    private static long[] slice(Random random, int size, int bound) {
        return random.ints(size, 0, bound).mapToLong(SlidingDistinctTest::mixed).toArray();
    }

    private static long mixed(int number) {
        return (number + 1) * 0x9e3779b97f4a7c15L;
    }

    private @Nullable Sketch sketch(long... hashes) {
        DistinctSketch sketch = null;
        for (long hash : hashes) {
            sketch = sketch == null ? new DistinctOne(hash) : sketch.add(hash);
        }
        return sketch == null ? null : Scalars.stored(aggregator, sketch);
    }

    private @Nullable Object union() {
        Sketch union = null;
        for (long[] slice : window) {
            Sketch sketch = sketch(slice);
            union = sketch == null ? union : aggregator.merge(union, sketch);
        }
        return aggregator.result(union);
    }
}
