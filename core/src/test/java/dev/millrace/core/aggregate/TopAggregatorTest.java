package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

class TopAggregatorTest {
    private final Scalars scalars = new Scalars();

    private List<?> top(int k, Object... values) {
        return (List<?>) scalars.result(Scalars.top(k), values);
    }

    private static Object value(Object entry) {
        return ((List<?>) entry).getFirst();
    }

    private static long count(Object entry) {
        return (Long) ((List<?>) entry).getLast();
    }

    @Test
    void nothingIsAnEmptyList() {
        TopAggregator top = Scalars.top(3);
        assertThat(top.result(null)).isEqualTo(List.of());
        assertThat(top.add(null, scalars.event(null))).isNull();
        assertThat(top.add(null, scalars.missing())).isNull();
    }

    @Test
    void mostFrequentComeFirstAndEquallyFrequentByKey() {
        assertThat(top(10, "b", "c", "a", "c", 7L, true, "b", "b"))
                .isEqualTo(
                        List.of(
                                List.of("b", 3L),
                                List.of("c", 2L),
                                List.of(true, 1L),
                                List.of(7L, 1L),
                                List.of("a", 1L)));
    }

    @Test
    void noMoreThanAskedForAreShown() {
        assertThat(top(2, "b", "c", "a", "c"))
                .isEqualTo(List.of(List.of("c", 2L), List.of("a", 1L)));
    }

    @Test
    void equalNumbersAreOneValueAndTheirTextsAreOthers() {
        assertThat(top(9, 5.0, 5L, "5", -0.0, 0L, 2.5))
                .isEqualTo(
                        List.of(
                                List.of(0L, 2L),
                                List.of(5L, 2L),
                                List.of(2.5, 1L),
                                List.of("5", 1L)));
    }

    @Test
    void objectsAndListsAreProblems() {
        assertThat(Scalars.top(1).problem(scalars.event(List.of(1L))))
                .isEqualTo(
                        "data.v is an array, but this value needs a string, a number or a boolean");
    }

    @Test
    void longStringsAreCutButNotMixedUp() {
        String shown = "ä".repeat(128);
        String one = shown + "é/one";
        String other = shown + "é/other";
        List<?> top = top(9, one, other, one, shown);
        assertThat(top).map(TopAggregatorTest::count).isEqualTo(List.of(2L, 1L, 1L));
        assertThat(top)
                .map(TopAggregatorTest::value)
                .doesNotHaveDuplicates()
                .satisfiesExactly(
                        first -> assertThat((String) first).matches(shown + "…[0-9a-f]{32}"),
                        second -> assertThat(second).isEqualTo(shown),
                        third -> assertThat((String) third).matches(shown + "…[0-9a-f]{32}"));
    }

    @Test
    void longStringsAreCutBetweenCharacters() {
        for (String character : List.of("ä", "€", "😀", "\0")) {
            for (int shift = 0; shift < 5; shift++) {
                String text = "x".repeat(shift) + character.repeat(300);
                String shown = (String) value(top(1, text).getFirst());
                int cut = shown.indexOf('…');
                assertThat(text).startsWith(shown.substring(0, cut));
                assertThat(shown.getBytes(StandardCharsets.UTF_8).length)
                        .isLessThan(TopItem.TEXT_BYTES_MAX + 40);
            }
        }
    }

    @Test
    void upToTheBoundItIsExactHoweverItIsPutTogether() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            int different = 1 + random.nextInt(TopSketch.EXACT_MAX);
            Map<String, Long> counts = new HashMap<>();
            List<String> values = new ArrayList<>();
            for (int i = 0; i < different; i++) {
                String value = "/page/" + i;
                int count = 1 + (int) Math.abs(random.nextGaussian() * 10);
                values.addAll(Collections.nCopies(count, value));
                counts.put(value, (long) count);
            }
            Collections.shuffle(values, random);
            int k = 1 + random.nextInt(1_000);
            TopAggregator top = Scalars.top(k);
            List<List<Object>> expected =
                    counts.entrySet().stream()
                            .sorted(
                                    Map.Entry.<String, Long>comparingByValue()
                                            .reversed()
                                            .thenComparing(Map.Entry.comparingByKey()))
                            .limit(k)
                            .map(entry -> List.<Object>of(entry.getKey(), entry.getValue()))
                            .toList();
            assertThat(top.result(scalars.inParts(top, values, random)))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
        }
    }

    @Test
    void beyondTheBoundFrequentValuesAreFoundAndCountsAreWithinTheError() {
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            List<Integer> values = new ArrayList<>();
            Map<Integer, Integer> counts = new HashMap<>();
            for (int i = 0; i < 100_000; i++) {
                int value = (int) (20_000 * Math.pow(random.nextDouble(), 4));
                values.add(value);
                int _ = counts.merge(value, 1, Integer::sum);
            }
            double error = 3.5 / 2048 * values.size();
            TopAggregator top = Scalars.top(10);
            List<Long> longs = values.stream().map(Integer::longValue).toList();
            List<?> shown = (List<?>) top.result(scalars.inParts(top, longs, random));
            assertThat(shown).as("seed %d", seed).hasSize(10);
            for (Object entry : shown) {
                long value = (Long) value(entry);
                long count = count(entry);
                assertThat((double) count)
                        .as("seed %d, %d", seed, value)
                        .isBetween(
                                counts.get((int) value) - error, counts.get((int) value) + error);
            }
            List<Object> found = shown.stream().map(TopAggregatorTest::value).toList();
            long tenth = count(shown.getLast());
            counts.forEach((value, count) -> {
                if (count > tenth + error) {
                    assertThat(found).contains(value.longValue());
                }
            });
        }
    }

    @Test
    void nothingButRareValuesIsStillASketch() {
        TopAggregator top = Scalars.top(10);
        List<Long> values = IntStream.range(0, 50_000).mapToObj(i -> (long) i).toList();
        Sketch sketch = scalars.sketch(top, values);
        assertThat(top.result(Scalars.stored(top, sketch))).isInstanceOf(List.class);
    }
}
