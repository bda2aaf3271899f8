package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.MillraceException;
import dev.millrace.core.event.KeyCodec;

import org.apache.datasketches.frequencies.FrequentItemsSketch;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What becomes of sketches that are stored, and of bytes that are none. */
class SketchCodecTest {
    private static final int[] SIZES = {1, 2, 3, 7, 100, 200, 256, 257, 300, 600, 2_000, 20_000};

    /** A sketch's bytes, and what it showed before. */
    record Stored(SketchAggregator aggregator, int size, byte[] bytes, Object result) {
        @Override
        public String toString() {
            return aggregator.getClass().getSimpleName() + " of " + size;
        }
    }

    static Stream<Stored> sketches() {
        Scalars scalars = new Scalars();
        return Stream.of(Scalars.distinct(), Scalars.quantile(0.9), Scalars.top(20))
                .flatMap(aggregator ->
                        Arrays.stream(SIZES)
                                .mapToObj(size -> {
                                    List<Long> values =
                                            LongStream.range(0, size)
                                                    .mapToObj(i -> i * i % 10_007)
                                                    .toList();
                                    Sketch sketch = scalars.sketch(aggregator, values);
                                    return new Stored(
                                            aggregator,
                                            size,
                                            aggregator.encode(sketch),
                                            aggregator.result(sketch));
                                }));
    }

    @ParameterizedTest
    @MethodSource("sketches")
    void whatIsStoredComesBack(Stored stored) {
        assertThat(stored.bytes()).isNotEmpty();
        Sketch decoded = stored.aggregator().decode(ByteBuffer.wrap(stored.bytes()));
        assertThat(stored.aggregator().result(decoded)).isEqualTo(stored.result());
    }

    @ParameterizedTest
    @MethodSource("sketches")
    void bytesInTheMiddleOfARowAreRead(Stored stored) {
        byte[] row = new byte[stored.bytes().length + 8];
        System.arraycopy(stored.bytes(), 0, row, 3, stored.bytes().length);
        ByteBuffer bytes = ByteBuffer.wrap(row).slice(3, stored.bytes().length);
        assertThat(stored.aggregator().result(stored.aggregator().decode(bytes)))
                .isEqualTo(stored.result());
    }

    @ParameterizedTest
    @MethodSource("sketches")
    void sketchThatCameBackGoesOn(Stored stored) {
        SketchAggregator aggregator = stored.aggregator();
        Scalars scalars = new Scalars();
        Sketch decoded = aggregator.decode(ByteBuffer.wrap(stored.bytes()));
        Sketch more = aggregator.add(decoded, scalars.event(-1L));
        Sketch other = scalars.sketch(aggregator, List.of(-2L, -3L));
        assertThat(aggregator.result(aggregator.merge(more, other))).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("sketches")
    void copySharesNothing(Stored stored) {
        SketchAggregator aggregator = stored.aggregator();
        Scalars scalars = new Scalars();
        Sketch original = aggregator.decode(ByteBuffer.wrap(stored.bytes()));
        Sketch copy = aggregator.copy(original);
        assertThat(aggregator.result(copy)).isEqualTo(stored.result());
        Sketch changed = aggregator.merge(copy, scalars.sketch(aggregator, others()));
        assertThat(aggregator.result(changed)).isNotEqualTo(stored.result());
        assertThat(aggregator.result(original)).isEqualTo(stored.result());
    }

    /** So many that they change every result. */
    private static List<Long> others() {
        return LongStream.range(0, 50_000).mapToObj(i -> 1_000_000 + i % 1_000).toList();
    }

    @ParameterizedTest
    @MethodSource("sketches")
    void cutShortItIsRefusedOrSmaller(Stored stored) {
        for (int length = 0; length < stored.bytes().length; length += 1 + length / 20) {
            byte[] cut = Arrays.copyOf(stored.bytes(), length);
            boolean wholeNumbers = stored.bytes()[0] == 1 && length % 8 == 1 && length > 1;
            boolean readable = wholeNumbers && !(stored.aggregator() instanceof TopAggregator);
            if (!readable) {
                assertThatThrownBy(() -> stored.aggregator().decode(ByteBuffer.wrap(cut)))
                        .isInstanceOf(MillraceException.class);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sketches")
    void damageIsRefusedOrAnotherSketchButNothingElse(Stored stored) {
        Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            byte[] damaged = stored.bytes().clone();
            int at = random.nextInt(Math.min(damaged.length, 60));
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            try {
                Sketch sketch = stored.aggregator().decode(ByteBuffer.wrap(damaged));
                assertThat(stored.aggregator().result(sketch)).isNotNull();
            } catch (MillraceException refused) {
                assertThat(refused).hasMessageContaining("a stored sketch");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sketches")
    void unknownFormIsRefused(Stored stored) {
        byte[] later = stored.bytes().clone();
        later[0] = 9;
        assertThatThrownBy(() -> stored.aggregator().decode(ByteBuffer.wrap(later)))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("form 9");
    }

    @Test
    void sketchesOfOtherSizesAreRefused() {
        HllSketch hll = new HllSketch(11);
        hll.update(1L);
        refuse(Scalars.distinct(), SealedBytes.seal((byte) 2, hll.toCompactByteArray()));
        KllDoublesSketch kll = KllDoublesSketch.newHeapInstance(100);
        kll.update(1);
        refuse(Scalars.quantile(0.5), SealedBytes.seal((byte) 2, kll.toByteArray()));
        FrequentItemsSketch<TopItem> frequent = new FrequentItemsSketch<>(1_024);
        frequent.update(TopItem.decode(KeyCodec.encode(List.of("a"))));
        refuse(
                Scalars.top(1),
                SealedBytes.seal((byte) 1, frequent.toByteArray(TopItemSerDe.INSTANCE)));
    }

    private static void refuse(SketchAggregator aggregator, byte[] bytes) {
        assertThatThrownBy(() -> aggregator.decode(ByteBuffer.wrap(bytes)))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("of another size");
    }
}
