package dev.millrace.server.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;

import dev.millrace.server.demo.Demo;
import dev.millrace.testing.server.ServerApi;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The page says what the API says. */
class NumbersOfThePageTest {
    private static final int GROUPS = 10_000;
    private static final int BATCH = 2_000;

    @RegisterExtension static final Chromium CHROMIUM = new Chromium();
    @TempDir Path data;

    /** What stood on the page, of which window and revision. */
    private record Shown(String revision, String value) {}

    /** While traffic flows: whenever page and API speak of one revision, they say one number. */
    @Test
    void atOneRevisionPageAndApiShowOneNumber() {
        try (Demo demo = Demo.start("127.0.0.1", 0, data, 300, 7);
                Window window = CHROMIUM.open(demo.address(), Look.WIDE)) {
            ServerApi api = new ServerApi(demo.address());
            window.go("/").isState("live").click(".sites-list li a");
            Locator online = window.sees("[data-online][data-revision]").find("[data-online]");
            String source = window.find("h1").textContent();

            Map<String, String> ofApi = new HashMap<>();
            List<Shown> ofPage = new ArrayList<>();
            await().pollInSameThread()
                    .atMost(Window.PATIENCE)
                    .until(() -> {
                        remember(api, source, ofApi);
                        ofPage.add(shown(online));
                        return ofPage.stream()
                                        .filter(it -> ofApi.containsKey(it.revision))
                                        .distinct()
                                        .count()
                                >= 5;
                    });

            assertThat(ofPage)
                    .filteredOn(it -> ofApi.containsKey(it.revision))
                    .allSatisfy(it -> assertThat(it.value).isEqualTo(ofApi.get(it.revision)));
        }
    }

    /** Both at once, as the page may change between two questions. */
    private static Shown shown(Locator online) {
        @SuppressWarnings("unchecked")
        Map<String, String> dataset =
                (Map<String, String>) online.evaluate("it => ({...it.dataset})");
        return new Shown(
                dataset.get("window") + "/" + dataset.get("revision"),
                String.valueOf(dataset.get("value")));
    }

    @SuppressWarnings("unchecked")
    private static void remember(ServerApi api, String source, Map<String, String> numbers) {
        String group = URLEncoder.encode(source, StandardCharsets.UTF_8);
        api.get("web/aggregates/online?latest=true&group.source=" + group)
                .hasStatus(200)
                .list("rows")
                .forEach(row ->
                        numbers.put(
                                row.get("windowStart") + "/" + row.get("revision"),
                                String.valueOf(
                                        ((Map<String, Object>) row.get("values"))
                                                .get("visitors"))));
    }

    @Test
    void everySumOfAQuietServerIsTheApis() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE)) {
            window.goToSite("a.example").isState("live");
            sites.order("a.example", 0, 70);
            sites.order("b.example", 0, 5);

            window.shows("[data-online]", 70);
            window.shows(".list:has-text('Articles') li b", 10);
            window.shows(".list:has-text('Referrers') li b", 70);
            window.go("/").shows(".sites-list li:first-child b", 70);
            window.shows(".sites-list li:nth-child(2) b", 5);
            window.go("/operations").sees("[data-ledger] .badge", "balanced");
            window.shows("[data-ledger] .term:has-text('received') b", 75).hasNoTrouble();
        }
    }

    /** Only the first are elements; any other is found. */
    @Test
    void tenThousandSitesArePartlyRenderedAndAllFound() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE)) {
            for (int from = 0; from < GROUPS; from += BATCH) {
                sites.send(
                        IntStream.range(from, from + BATCH)
                                .mapToObj(i ->
                                        Sites.event(
                                                "site-%05d.example".formatted(i),
                                                "e" + i,
                                                Map.of(
                                                        "buyer", "b", "amount", 1L, "items", 1L,
                                                        "article", "a", "ua", "u")))
                                .toList());
            }

            window.go("/").sees(".sites-list .note", "and 9,950 more");
            assertThat(window.find(".sites-list li").count()).isEqualTo(50);
            assertThat((Integer) window.page().evaluate("document.querySelectorAll('*').length"))
                    .isLessThan(2_000);
            window.find("input[type=search]").fill("site-09876");
            window.sees(".sites-list li:first-child", "site-09876.example").hasNoTrouble();
        }
    }
}
