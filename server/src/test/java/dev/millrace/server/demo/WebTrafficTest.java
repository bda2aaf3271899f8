package dev.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the traffic looks like over five minutes of a Tuesday noon, with a fixed seed. */
class WebTrafficTest {
    private static final long SEED = 42;
    private static final double RATE = 1_000;
    private static final int SECONDS = 300;
    private static final Instant START = Instant.parse("2026-03-03T12:00:00Z");

    private static List<Sent> all;
    private static List<Sent> sound;
    private static List<Sent> people;

    /** A line, the second in which it was sent, and its JSON, if it is any. */
    private record Sent(int second, String line, JsonNode json) {
        String source() {
            return json.path("source").asString("");
        }

        JsonNode data(String name) {
            return json.path("data").path(name);
        }

        String path() {
            return data("path").asString("");
        }

        boolean isBot() {
            return data("ua").asString("").matches("(?i).*bot.*");
        }
    }

    @BeforeAll
    static void makeTraffic() {
        all = new ArrayList<>();
        WebTraffic traffic = new WebTraffic(SEED, RATE);
        for (int second = 0; second < SECONDS; second++) {
            for (byte[] line : traffic.next(Duration.ofSeconds(1), START.plusSeconds(second + 1))) {
                String text = new String(line, StandardCharsets.UTF_8);
                all.add(new Sent(second, text, json(text)));
            }
        }
        sound = all.stream().filter(sent -> sent.json.isObject()).toList();
        people =
                sound.stream()
                        .filter(sent -> sent.json.path("type").asString("").equals("page_view"))
                        .filter(sent -> !sent.isBot())
                        .toList();
    }

    @Test
    void theSameSeedGivesTheSameBytes() {
        assertThat(firstSeconds(SEED)).isEqualTo(firstSeconds(SEED));
        assertThat(firstSeconds(SEED)).isNotEqualTo(firstSeconds(SEED + 1));
    }

    @Test
    void stepsOfAnyLengthGiveTheSameEvents() {
        WebTraffic fine = new WebTraffic(SEED, RATE);
        List<String> inSteps = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            fine.next(Duration.ofMillis(100), START.plusMillis(100L * i))
                    .forEach(line -> inSteps.add(new String(line, StandardCharsets.UTF_8)));
        }

        assertThat(inSteps).isEqualTo(firstSeconds(SEED));
    }

    @Test
    void theRateIsNearTheOneAskedForFromTheFirstSecondsOn() {
        // At noon in Europe most of the sites are awake, so it is above the mean of the day.
        double later = rate(sent -> sent.second >= 200);
        double first = rate(sent -> sent.second < 5) * 100 / 5;

        assertThat(later / 100).isBetween(0.7 * RATE, 1.6 * RATE);
        assertThat(first).isCloseTo(later, within(0.2 * later));
    }

    @Test
    void fiftySitesOfVeryDifferentSize() {
        List<Long> sizes = countsBy(sound, Sent::source);

        assertThat(Sites.load(SEED, RATE)).extracting(Site::name).doesNotHaveDuplicates();
        assertThat(sizes.stream().filter(size -> size > 100)).hasSize(50);
        assertThat(sizes.getFirst()).isGreaterThan(20 * sizes.get(49));
    }

    @Test
    void viewsFallOnPagesByZipf() {
        Site site = Sites.load(SEED, RATE).getFirst();
        Map<String, Long> views =
                people.stream()
                        .filter(sent -> sent.source().equals(site.name()))
                        .collect(Collectors.groupingBy(Sent::path, Collectors.counting()));

        double top = views.get(site.pages().getFirst());
        assertThat(views).hasSizeGreaterThan(100);
        assertThat(top / views.get(site.pages().get(19))).isBetween(8.0, 45.0);
        assertThat(top / views.values().stream().mapToLong(Long::longValue).sum())
                .isBetween(0.08, 0.25);
    }

    @Test
    void everyPageHasAnAddressOfItsOwn() {
        for (Site site : Sites.load(SEED, RATE)) {
            assertThat(site.pages())
                    .hasSizeGreaterThan(100)
                    .doesNotHaveDuplicates()
                    .allMatch(path -> path.startsWith("/"));
        }
    }

    @Test
    void visitorsViewSomePagesAndComeBack() {
        Map<String, List<Sent>> byVisitor =
                people.stream()
                        .collect(Collectors.groupingBy(sent -> sent.data("visitor").asString("")));
        double viewsPerVisitor = (double) people.size() / byVisitor.size();

        assertThat(viewsPerVisitor).isBetween(1.5, 8.0);
        assertThat(byVisitor.values().stream().filter(WebTrafficTest::changedDevice)).isEmpty();
        assertThat(byVisitor.values().stream().filter(events -> span(events) > 180).count())
                .as("visitors seen again after more than three minutes")
                .isGreaterThan(byVisitor.size() / 100);
    }

    @Test
    void botsFetchAtRegularIntervalsAndSaySo() {
        Predicate<Sent> isBot = Sent::isBot;
        assertThat(share(isBot)).isBetween(0.07, 0.14);

        String site = Sites.load(SEED, RATE).get(3).name();
        List<Sent> google =
                sound.stream()
                        .filter(isBot)
                        .filter(sent -> sent.source().equals(site))
                        .filter(sent -> sent.line.contains("Googlebot"))
                        .toList();
        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < google.size(); i++) {
            gaps.add(timestamp(google.get(i)) - timestamp(google.get(i - 1)));
        }
        assertThat(Collections.max(gaps)).isLessThan(2 * Collections.min(gaps));
    }

    @Test
    void someEventsAreBrokenInOneOfManyWays() {
        Map<String, Predicate<Sent>> broken =
                Map.of(
                        "not JSON", sent -> sent.json.isMissingNode(),
                        "no id", sent -> sent.json.isObject() && !sent.json.has("id"),
                        "no time", sent -> sent.json.path("timestamp").isString(),
                        "no source", sent -> sent.json.path("source").isNumber(),
                        "no user agent", sent -> sent.json.isObject() && !has(sent, "ua"),
                        "load as text", sent -> sent.data("load_ms").isString(),
                        "fast clock", sent -> age(sent) < -600_000,
                        "offline", sent -> age(sent) > 80_000);

        assertThat(broken)
                .allSatisfy((kind, test) -> assertThat(share(test)).as(kind).isBetween(5e-5, 5e-3));
        assertThat(broken.values().stream().mapToDouble(WebTrafficTest::share).sum())
                .isBetween(0.002, 0.01);
    }

    @Test
    void clientsSendSomeEventsTwice() {
        long twice =
                sound.stream()
                        .filter(sent -> sent.json.has("id"))
                        .collect(
                                Collectors.groupingBy(
                                        sent -> sent.json.path("id").asString(),
                                        Collectors.counting()))
                        .values()
                        .stream()
                        .filter(count -> count == 2)
                        .count();

        assertThat((double) twice / all.size()).isBetween(0.002, 0.006);
    }

    @Test
    void aPageSurgesWithinTheFirstMinutes() {
        Map<String, int[]> byPage = new HashMap<>();
        for (Sent sent : people) {
            int[] counts =
                    byPage.computeIfAbsent(
                            sent.source() + sent.path(), page -> new int[SECONDS / 20]);
            counts[sent.second / 20]++;
        }

        assertThat(byPage.values().stream().filter(WebTrafficTest::isSurge)).hasSize(1);
    }

    @Test
    void trafficFollowsTheSunOfEachSite() {
        double noon = viewsInAMinute("tagesblick.example", "2026-03-03T11:00:00Z");
        double night = viewsInAMinute("tagesblick.example", "2026-03-03T03:00:00Z");
        double sydneyAtOurNoon = viewsInAMinute("the-harbour-post.example", "2026-03-03T17:00:00Z");
        double sydneyAtItsNoon = viewsInAMinute("the-harbour-post.example", "2026-03-03T01:00:00Z");

        assertThat(noon / night).isGreaterThan(3);
        assertThat(sydneyAtItsNoon / sydneyAtOurNoon).isGreaterThan(3);
    }

    @Test
    void pagesLoadInLogNormalTimes() {
        List<Double> logs =
                people.stream()
                        .filter(sent -> sent.data("load_ms").isNumber())
                        .map(sent -> Math.log(sent.data("load_ms").asDouble()))
                        .sorted()
                        .toList();
        double median = logs.get(logs.size() / 2);
        double mean = logs.stream().mapToDouble(Double::doubleValue).average().orElseThrow();

        assertThat(Math.exp(median)).isBetween(300.0, 1_500.0);
        assertThat(mean).isCloseTo(median, within(0.1));
    }

    @Test
    void mostPagesAreFound() {
        Map<Integer, Long> statuses =
                people.stream()
                        .collect(
                                Collectors.groupingBy(
                                        sent -> sent.data("status").asInt(0) / 100,
                                        Collectors.counting()));
        double views = people.size();

        assertThat(statuses.get(2) / views).isGreaterThan(0.85);
        assertThat(statuses.get(3) / views).isBetween(0.01, 0.05);
        assertThat(statuses.get(4) / views).isBetween(0.02, 0.06);
        assertThat(statuses.get(5) / views).isBetween(0.002, 0.02);
    }

    private static double viewsInAMinute(String site, String instant) {
        WebTraffic traffic = new WebTraffic(SEED, RATE);
        return traffic.next(Duration.ofMinutes(1), Instant.parse(instant)).stream()
                .map(line -> new String(line, StandardCharsets.UTF_8))
                .filter(line -> line.contains("\"" + site + "\"") && !line.contains("bot/"))
                .count();
    }

    private static List<String> firstSeconds(long seed) {
        WebTraffic traffic = new WebTraffic(seed, RATE);
        return traffic.next(Duration.ofSeconds(5), START.plusSeconds(5)).stream()
                .map(line -> new String(line, StandardCharsets.UTF_8))
                .toList();
    }

    private static double rate(Predicate<Sent> when) {
        return all.stream().filter(when).count();
    }

    private static double share(Predicate<Sent> what) {
        return (double) all.stream().filter(what).count() / all.size();
    }

    private static boolean has(Sent sent, String field) {
        return !sent.data(field).isMissingNode();
    }

    private static long timestamp(Sent sent) {
        return sent.json.path("timestamp").asLong();
    }

    /** How long before it was sent the event happened, in ms; 0 if it does not say when. */
    private static long age(Sent sent) {
        boolean says = sent.json.path("timestamp").isNumber();
        return says ? START.plusSeconds(sent.second).toEpochMilli() - timestamp(sent) : 0;
    }

    private static boolean changedDevice(List<Sent> events) {
        return events.stream().map(sent -> sent.data("device")).distinct().count() > 1;
    }

    /**
     * Whether a page was seen about ten times as often as before in 20 s of the second to fourth
     * minute.
     */
    private static boolean isSurge(int[] viewsPer20Seconds) {
        double before = Arrays.stream(viewsPer20Seconds, 0, 4).average().orElseThrow();
        int most = Arrays.stream(viewsPer20Seconds, 4, 12).max().orElseThrow();
        return before >= 5 && most > 6 * before && most < 14 * before;
    }

    private static int span(List<Sent> events) {
        return events.getLast().second - events.getFirst().second;
    }

    private static List<Long> countsBy(List<Sent> events, Function<Sent, String> key) {
        return events.stream()
                .collect(Collectors.groupingBy(key, Collectors.counting()))
                .values()
                .stream()
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    private static JsonNode json(String line) {
        try {
            return JsonMapper.shared().readTree(line);
        } catch (JacksonException _) {
            return JsonMapper.shared().missingNode();
        }
    }
}
