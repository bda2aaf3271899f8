package dev.millrace.server.page;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** A pipeline is broken, mended and replayed, all in the page. */
class BrokenPipelineTest {
    private static final String SITE = "books.example";

    @RegisterExtension static final Chromium CHROMIUM = new Chromium();
    @TempDir Path data;

    @Test
    void whatFailedIsMendedAndCounted() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE);
                Window site = CHROMIUM.open(sites.address(), Look.WIDE)) {
            sites.order(SITE, 0, 10);
            site.goToSite(SITE).shows("[data-online]", 10);

            window.go("/operations").isState("live");
            define(window, Sites.DEFINITION.replace("data.amount *", "data.amont *"));
            sites.order(SITE, 100, 5);
            window.click("nav a:has-text('Dead letters')");
            window.shows(".cause > b", 5).sees(".cause", "no such field: data.amont");
            window.sees(".place [data-tone=bad]", "total");
            window.sees(".failure-text", "no such field: data.amont");
            site.shows("[data-online]", 10);

            window.click("[data-action=dry-run]");
            window.sees("[data-replay=done]", "5 would fail again");

            define(window, Sites.DEFINITION);
            window.click("nav a:has-text('Dead letters')");
            window.click("[data-action=replay]");

            window.sees("[data-replay=done]", "5 letters replayed");
            site.shows("[data-online]", 15);
            window.shows("[data-letters]", 0);
            window.go("/").go("/dead-letters").sees(".blank", "No dead letters");
            window.hasNoTrouble();
            site.hasNoTrouble();
        }
    }

    /** An event without a field gets it by the patch that the page suggests. */
    @Test
    void aSuggestedPatchBringsEventsThrough() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE)) {
            sites.api()
                    .put(
                            Sites.PIPELINE,
                            Sites.DEFINITION.replace(
                                    "data.amount * data.items", "data.note.size()"))
                    .hasStatus(200);
            sites.order(SITE, 0, 3);

            window.go("/dead-letters").click("[data-action=suggested]");
            window.click("[data-action=dry-run]");
            window.sees("[data-replay=done]", "3 letters would go through");
            window.click("[data-action=replay]");
            window.sees("[data-replay=done]", "3 letters replayed");

            window.goToSite(SITE).shows("[data-online]", 3).hasNoTrouble();
        }
    }

    @Test
    void aWrongDefinitionShowsItsLineAndIsNotApplied() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE)) {
            window.go("/pipelines/" + Sites.PIPELINE).sees("button:text-is('Apply')");
            window.find("textarea[aria-label=Definition]")
                    .fill(Sites.DEFINITION.replace("tumbling: 10s", "tumbling: soon"));
            long line =
                    Sites.DEFINITION.lines().takeWhile(it -> !it.contains("tumbling: 10s")).count()
                            + 1;

            window.sees(".errors", "Line " + line);
            window.sees(".gutter i:nth-child(%d)[data-wrong]".formatted(line));
            window.sees("button:text-is('Apply'):disabled");
        }
    }

    private static void define(Window window, String text) {
        window.click("nav a:has-text('Pipeline')");
        window.sees(".versions").find("textarea[aria-label=Definition]").fill(text);
        window.sees(".plan", "total");
        String before = window.find(".versions li b").first().textContent();
        window.click("button:text-is('Apply')");
        int next = Integer.parseInt(before.replaceAll("\\D", "")) + 1;
        window.sees(".versions", "Version " + next);
    }

    @Test
    void lettersAreDeletedOnlyOnceThatIsConfirmed() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.PHONE)) {
            sites.api()
                    .put(Sites.PIPELINE, Sites.DEFINITION.replace("data.items", "data.missing"))
                    .hasStatus(200);
            sites.order(SITE, 0, 4);

            window.go("/dead-letters").click(".cause");
            window.click("[data-action=delete]");
            window.click("dialog button:text-is('Cancel')");
            window.shows("[data-letters]", 4);
            window.click("[data-action=delete]");
            window.click("dialog button:text-is('Delete for good')");

            window.shows("[data-letters]", 0).hasNoTrouble();
        }
    }
}
