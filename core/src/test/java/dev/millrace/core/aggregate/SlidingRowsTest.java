package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.port.WindowRows;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

class SlidingRowsTest {
    private static final String COUNT = "values: {count: count}, lateness: 0s, keep: 1h";
    private static final String OF_FIVE = "window: {sliding: 50ms, every: 10ms}, by: [source], ";

    @Test
    void everyClosedWindowThatHoldsAnEventHasARow() {
        Counted counted = new Counted(OF_FIVE + COUNT).event(105, "a", "1").commit(200);

        assertThat(Counted.written(counted.rows(200)))
                .containsExactly(
                        "60-110 a [1] final",
                        "70-120 a [1] final",
                        "80-130 a [1] final",
                        "90-140 a [1] final",
                        "100-150 a [1] final");
    }

    @Test
    void ofTheWindowsThatAreOpenOnlyTheNextToEndHasRows() {
        Counted counted =
                new Counted(OF_FIVE + COUNT).event(105, "a", "1").event(127, "a", "1").commit(112);

        assertThat(Counted.written(counted.rows(127)))
                .containsExactly("60-110 a [1] final", "80-130 a [2]");
        assertThat(Counted.written(Counted.latest(counted.source(127))))
                .containsExactly("80-130 a [2]");
    }

    @Test
    void anAdvancePastTheClockMovesTheEarlyWindowOn() {
        Counted counted = new Counted(OF_FIVE + COUNT).event(105, "a", "1").commit(125);

        assertThat(Counted.written(Counted.latest(counted.source(106))))
                .containsExactly("80-130 a [1]");
    }

    @Test
    void rowsBeforeTheFirstWatermarkAreEarly() {
        Counted counted = new Counted(OF_FIVE + COUNT).event(105, "a", "1").commit(Long.MIN_VALUE);

        assertThat(Counted.written(counted.rows(107))).containsExactly("60-110 a [1]");
    }

    @Test
    void anEventCostsOneStoredRowHoweverManyWindowsHoldIt() {
        Counted counted =
                new Counted("window: {sliding: 1h, every: 10ms}, by: [source], values: {n: count}")
                        .event(105, "a", "1")
                        .commit(105);

        assertThat(counted.storedRows()).isEqualTo(1);
    }

    @Test
    void aGapOfYearsIsJumpedOver() {
        long later = 400L * 86_400_000;
        Counted counted =
                new Counted(OF_FIVE + "values: {count: count}, lateness: 0s, keep: 1000d")
                        .event(5, "a", "1")
                        .event(later + 5, "a", "1")
                        .commit(later + 1_000);

        assertThat(counted.rows(later + 1_000)).hasSize(10);
    }

    @Test
    void aRowIsOfTheCommitThatClosedItsWindow() {
        Counted counted = new Counted(OF_FIVE + COUNT).event(105, "a", "1").commit(105);
        counted.commit(125).commit(128).restart().commit(140);

        assertThat(counted.rows(140)).extracting(Row::revision).containsExactly(2L, 2L, 4L, 4L, 1L);
    }

    @Test
    void aCorrectionIsOfItsOwnCommit() {
        Counted counted = new Counted(OF_FIVE + COUNT).event(105, "a", "1").commit(200);
        counted.commit(210).event(95, "a", "1").commit(220);

        assertThat(Counted.written(counted.rows(220)))
                .startsWith("50-100 a [1] final", "60-110 a [2] final");
        assertThat(counted.rows(220))
                .extracting(Row::revision)
                .containsExactly(3L, 3L, 3L, 3L, 3L, 1L);
    }

    @Test
    void aWindowThatEndedBeforeTheAggregateWasThereIsOfTheCommitThatFilledIt() {
        Counted counted = new Counted(OF_FIVE + COUNT).commit(1_000).commit(2_000);
        counted.event(105, "a", "1").commit(2_001).commit(3_000);

        assertThat(counted.rows(3_000)).extracting(Row::revision).containsOnly(3L);
    }

    @Test
    void slicesAndClosingsAreGoneWithTheirWindows() {
        Counted counted = new Counted(OF_FIVE + "values: {count: count}, lateness: 0s, keep: 50ms");
        counted.event(105, "a", "1").event(149, "a", "1").commit(150);

        assertThat(Counted.written(counted.rows(150)))
                .containsExactly("100-150 a [2] final", "110-160 a [1]");
        assertThat(Counted.written(counted.commit(165).rows(165)))
                .containsExactly("110-160 a [1] final", "120-170 a [1]");
        assertThat(counted.storedRows()).isEqualTo(1);
    }

    @Test
    void aWindowThatHasLostASliceHasNoRows() {
        Counted counted =
                new Counted(OF_FIVE + COUNT).event(105, "a", "1").event(149, "a", "1").commit(200);
        RowSource source = counted.sourceAbove(128, 200);

        assertThat(Counted.written(Counted.rows(source, Long.MIN_VALUE, Long.MAX_VALUE)))
                .startsWith("120-170 a [1] final");
    }

    @Test
    void groupsBeyondTheLimitOfAWindowAreMergedInOrderOfSliceAndArrival() {
        Counted counted =
                new Counted(OF_FIVE + COUNT + ", maxGroups: 2")
                        .event(105, "b", "1")
                        .event(115, "c", "1")
                        .event(115, "a", "1")
                        .event(125, "d", "1")
                        .event(125, "b", "1")
                        .commit(150);

        assertThat(Counted.written(counted.rows(150)))
                .containsSubsequence(
                        "60-110 b [1] final",
                        "70-120 __other__ [1] final",
                        "70-120 b [1] final",
                        "70-120 c [1] final",
                        "80-130 __other__ [2] final",
                        "80-130 b [2] final",
                        "80-130 c [1] final");
    }

    @Test
    void windowsOfAZoneAreAlignedToItsMidnight() {
        long day = 86_400_000;
        Counted counted =
                new Counted(
                                "window: {sliding: 2d, every: 1d, zone: Europe/Berlin}, by:"
                                        + " [source], values: {n: count}, lateness: 0s, keep: 90d")
                        .event(1_711_846_800_000L, "a", "1") // 2024-03-31 02:00, clocks go forward
                        .commit(1_711_846_800_000L + 10 * day);

        assertThat(Counted.written(counted.rows(1_711_846_800_000L + 10 * day)))
                .containsExactly(
                        "1711753200000-1711922400000 a [1] final",
                        "1711839600000-1712008800000 a [1] final");
    }

    /** What happened, for plain counting. */
    private record Happening(long timestampMs, String site, String number) {}

    @Test
    void aWindowIsTheSameHoweverItIsReached() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            int slices = 1 + random.nextInt(random.nextBoolean() ? 4 : 60) + 1;
            int maxGroups = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1_000;
            check(random, slices, maxGroups, "seed %d, round %d".formatted(seed, round));
        }
    }

    private static void check(Random random, int slices, int maxGroups, String what) {
        Counted counted =
                new Counted(
                        """
                        window: {sliding: %dms, every: 10ms}, by: [source], maxGroups: %d,
                        lateness: 20ms, keep: 1h, values: {count: count, sum: {sum: data.n},
                        mean: {avg: data.n}, least: {min: data.n}, most: {max: data.n}, distinct: {distinct: data.n}}
                        """
                                .formatted(10 * slices, maxGroups));
        List<Happening> happened = new ArrayList<>();
        long spread = random.nextBoolean() ? 100 : 2_000;
        long watermarkMs = 0;
        for (int commit = 1 + random.nextInt(12); commit > 0; commit--) {
            for (int i = random.nextInt(20); i > 0; i--) {
                Happening one =
                        new Happening(
                                watermarkMs + random.nextLong(spread),
                                "s" + random.nextInt(6),
                                number(random));
                happened.add(one);
                counted.event(one.timestampMs(), one.site(), one.number());
            }
            watermarkMs += random.nextLong(spread);
            counted.commit(watermarkMs);
            if (random.nextInt(4) == 0) {
                counted.restart();
            }
        }
        long nowMs = watermarkMs + random.nextInt(50);
        RowSource source = counted.source(nowMs);
        List<Row> all = Counted.rows(source, Long.MIN_VALUE, Long.MAX_VALUE);

        TreeSet<Long> starts = new TreeSet<>(all.stream().map(Row::windowStartMs).toList());
        for (long startMs : starts) {
            assertThat(Counted.rows(source, startMs, startMs + 1))
                    .as(what)
                    .isEqualTo(all.stream().filter(row -> row.windowStartMs() == startMs).toList());
        }
        assertThat(Counted.latest(source))
                .as(what)
                .isEqualTo(all.stream().filter(row -> !row.isFinal()).toList());
        assertThat(paged(source, 1 + random.nextInt(5))).as(what).isEqualTo(all);
        if (maxGroups >= 6) {
            assertThat(Counted.written(all))
                    .as(what)
                    .isEqualTo(counted(happened, 10L * slices, watermarkMs, nowMs));
        }
    }

    @Test
    void aWindowIsRightHoweverManyGroupsHaveComeAndGone() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Counted counted =
                new Counted(
                        """
                        window: {sliding: 50ms, every: 10ms}, by: [source], keep: 1h,
                        values: {count: count, sum: {sum: data.n},
                        mean: {avg: data.n}, least: {min: data.n}, most: {max: data.n}, distinct: {distinct: data.n}}
                        """);
        List<Happening> happened = new ArrayList<>();
        long watermarkMs = 60 * 10;
        for (long sliceMs = 0; sliceMs < watermarkMs; sliceMs += 10) {
            for (int i = 0; i < 100; i++) {
                String site = i < 10 ? "stays" + i : "comes" + (8 * sliceMs + random.nextInt(120));
                happened.add(new Happening(sliceMs, site, number(random)));
            }
        }
        happened.forEach(one -> counted.event(one.timestampMs(), one.site(), one.number()));
        counted.commit(watermarkMs);

        assertThat(
                        Counted.written(
                                Counted.rows(
                                        counted.source(watermarkMs),
                                        Long.MIN_VALUE,
                                        Long.MAX_VALUE)))
                .as("seed %d", seed)
                .isEqualTo(counted(happened, 50, watermarkMs, watermarkMs));
    }

    @Test
    void distinctValuesBeyondTheExactOnesAreEstimatedAlikeHoweverTheWindowIsReached() {
        Random random = new Random(1);
        Counted counted =
                new Counted(OF_FIVE + "values: {d: {distinct: data.n}}, lateness: 0s, keep: 1h");
        for (int slice = 0; slice < 40; slice++) {
            int values = slice % 10 < 3 ? 300 : slice % 7 == 0 ? 0 : 1 + random.nextInt(60);
            for (int i = 0; i < values; i++) {
                int number = random.nextInt(slice < 20 ? 100_000 : 200);
                counted.event(slice * 10L, "a", String.valueOf(number));
            }
        }
        RowSource source = counted.commit(500).source(500);
        List<Row> all = Counted.rows(source, Long.MIN_VALUE, Long.MAX_VALUE);

        for (Row row : all) {
            assertThat(Counted.rows(source, row.windowStartMs(), row.windowStartMs() + 1))
                    .containsExactly(row);
        }
        assertThat(all).hasSizeGreaterThan(40);
    }

    private static String number(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> "null";
            case 1 -> String.valueOf(random.nextInt(100) / 4.0);
            default -> String.valueOf(random.nextInt(100) - 50);
        };
    }

    private static List<Row> paged(RowSource source, int limit) {
        List<Row> all = new ArrayList<>();
        WindowRows.Place[] after = new WindowRows.Place[1];
        boolean more = true;
        while (more) {
            List<Row> page = new ArrayList<>();
            source.rows(
                    Long.MIN_VALUE,
                    Long.MAX_VALUE,
                    after[0],
                    row -> {
                        page.add(row.row());
                        after[0] = row.place();
                        return page.size() < limit;
                    });
            all.addAll(page);
            more = page.size() == limit;
        }
        return all;
    }

    /** The rows by counting the events of each window by themselves. */
    private static List<String> counted(
            List<Happening> happened, long sizeMs, long watermarkMs, long nowMs) {
        List<String> rows = new ArrayList<>();
        long earlyEndMs = (Math.max(nowMs, watermarkMs) / 10 + 1) * 10;
        for (long endMs = 10; endMs <= earlyEndMs; endMs += 10) {
            if (endMs > watermarkMs && endMs != earlyEndMs) {
                continue;
            }
            long startMs = endMs - sizeMs;
            long end = endMs;
            Map<String, List<Happening>> bySite =
                    happened.stream()
                            .filter(one -> startMs <= one.timestampMs() && one.timestampMs() < end)
                            .collect(
                                    Collectors.groupingBy(
                                            Happening::site, TreeMap::new, Collectors.toList()));
            String state = endMs <= watermarkMs ? " final" : "";
            bySite.forEach((site, in) -> rows.add(row(startMs, end, site, in) + state));
        }
        return rows;
    }

    private static String row(long startMs, long endMs, String site, List<Happening> in) {
        List<String> numbers =
                in.stream().map(Happening::number).filter(one -> !one.equals("null")).toList();
        boolean whole = numbers.stream().noneMatch(one -> one.contains("."));
        double sum = numbers.stream().mapToDouble(Double::parseDouble).sum();
        return "%d-%d %s [%d, %s, %s, %s, %s, %d]"
                .formatted(
                        startMs,
                        endMs,
                        site,
                        in.size(),
                        numbers.isEmpty() ? null : whole ? String.valueOf((long) sum) : sum,
                        numbers.isEmpty() ? null : sum / numbers.size(),
                        extreme(numbers, false),
                        extreme(numbers, true),
                        numbers.stream().map(Double::parseDouble).distinct().count());
    }

    /** Of equal numbers the integer. */
    private static String extreme(List<String> numbers, boolean greatest) {
        return numbers.stream()
                .min((one, other) -> {
                    int order = Double.compare(Double.parseDouble(one), Double.parseDouble(other));
                    int byForm = Boolean.compare(one.contains("."), other.contains("."));
                    return order == 0 ? byForm : greatest ? -order : order;
                })
                .orElse("null");
    }
}
