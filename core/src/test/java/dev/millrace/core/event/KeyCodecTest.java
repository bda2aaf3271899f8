package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

class KeyCodecTest {
    private static final List<Object> NUMBERS =
            List.of(
                    0L,
                    1L,
                    -1L,
                    5L,
                    5.5,
                    -5.5,
                    1L << 53,
                    (1L << 53) + 1,
                    (1L << 53) - 1,
                    -(1L << 53) - 1,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE - 1,
                    Long.MIN_VALUE,
                    Long.MIN_VALUE + 1,
                    0x1p63,
                    -0x1p63,
                    0x1p62,
                    1L << 62,
                    1e300,
                    -1e300,
                    Double.MAX_VALUE,
                    Double.MIN_VALUE,
                    -Double.MIN_VALUE);

    private static BigDecimal exact(Object number) {
        return number instanceof Long integer
                ? BigDecimal.valueOf(integer)
                : new BigDecimal((Double) number);
    }

    private static int rank(Object value) {
        return switch (value) {
            case null -> 0;
            case Boolean flag -> flag ? 2 : 1;
            case Number number -> 3;
            default -> 4;
        };
    }

    private static int compare(Object a, Object b) {
        int order = Integer.compare(rank(a), rank(b));
        if (order != 0 || rank(a) < 3) {
            return order;
        }
        return a instanceof Number
                ? exact(a).compareTo(exact(b))
                : Arrays.compareUnsigned(utf8((String) a), utf8((String) b));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Object value(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> NUMBERS.get(random.nextInt(NUMBERS.size()));
            case 3 -> random.nextLong() >> random.nextInt(64);
            case 4 -> Math.scalb(random.nextDouble() - 0.5, random.nextInt(140) - 70);
            case 5 -> (double) (random.nextLong() >> random.nextInt(64));
            default -> {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(4); i > 0; i--) {
                    text.appendCodePoint(
                            new int[] {0, 1, 'a', 'b', 0x7f, 0xe9, 0xff, 0x20ac, 0xffff, 0x1f600}
                                    [random.nextInt(10)]);
                }
                yield text.toString();
            }
        };
    }

    @Test
    void byteOrderIsTheOrderOfTheValues() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 200_000; round++) {
            List<Object> a = Arrays.asList(value(random), value(random));
            List<Object> b = Arrays.asList(value(random), value(random));
            int expected = compare(a.get(0), b.get(0));
            if (expected == 0) {
                expected = compare(a.get(1), b.get(1));
            }
            int order = Arrays.compareUnsigned(KeyCodec.encode(a), KeyCodec.encode(b));
            assertThat(Integer.signum(order))
                    .as("seed %d: %s against %s", seed, a, b)
                    .isEqualTo(Integer.signum(expected));
        }
    }

    @Test
    void valuesComeBackWithTheirValue() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 100_000; round++) {
            List<Object> values = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                values.add(value(random));
            }
            byte[] key = KeyCodec.encode(values);
            List<Object> decoded = KeyCodec.decode(key);

            assertThat(decoded).as("seed %d", seed).hasSameSizeAs(values);
            for (int i = 0; i < values.size(); i++) {
                assertThat(compare(decoded.get(i), values.get(i)))
                        .as("seed %d: %s", seed, values)
                        .isZero();
            }
            assertThat(KeyCodec.encode(decoded)).isEqualTo(key);
        }
    }

    @Test
    void numbersOfOneValueAreOneKey() {
        assertThat(KeyCodec.encode(List.of(5L))).isEqualTo(KeyCodec.encode(List.of(5.0)));
        assertThat(KeyCodec.encode(List.of(0L))).isEqualTo(KeyCodec.encode(List.of(-0.0)));
        assertThat(KeyCodec.decode(KeyCodec.encode(List.of(5.0, 5.5)))).containsExactly(5L, 5.5);
    }

    @Test
    void missingIsNull() {
        assertThat(KeyCodec.encode(List.of(Event.MISSING)))
                .isEqualTo(KeyCodec.encode(Arrays.asList((Object) null)));
    }

    @Test
    void listsAndMapsCannotBeKeys() {
        assertThatIllegalArgumentException().isThrownBy(() -> KeyCodec.encode(List.of(List.of())));
        assertThatIllegalArgumentException().isThrownBy(() -> KeyCodec.encode(List.of(Map.of())));
    }

    @Test
    void cutOffKeysAreRefused() {
        byte[] key = KeyCodec.encode(List.of("ab", Long.MAX_VALUE));
        for (int length : new int[] {1, 2, 3, 5, 12, 14}) {
            assertThatIllegalArgumentException()
                    .as("%d bytes", length)
                    .isThrownBy(() -> KeyCodec.decode(Arrays.copyOf(key, length)));
        }
    }

    @Test
    void equalBytesHashAlikeWhereverTheyStand() {
        KeyBuffer once = new KeyBuffer();
        KeyBuffer again = new KeyBuffer();
        again.appendString("something longer that stays in the backing array");
        again.clear();
        for (KeyBuffer key : List.of(once, again)) {
            key.appendString("ab");
            key.appendLong(7);
        }
        assertThat(once.hash()).isEqualTo(again.hash());
        assertThat(once.toByteArray()).isEqualTo(again.toByteArray());
    }

    @Test
    void hashesOfCountingKeysSpread() {
        KeyBuffer key = new KeyBuffer();
        int[] buckets = new int[1 << 10];
        for (int i = 0; i < 1 << 16; i++) {
            key.clear();
            key.appendString("/articles/" + i);
            buckets[key.hash() & buckets.length - 1]++;
        }
        assertThat(Arrays.stream(buckets).max().orElseThrow()).isLessThan(64 * 2);
    }
}
