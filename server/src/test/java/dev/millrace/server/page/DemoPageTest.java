package dev.millrace.server.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;

import dev.millrace.server.demo.Demo;
import dev.millrace.testing.server.ServerApi;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a newcomer sees who starts the demo and opens its page. */
class DemoPageTest {
    private static final int EVENTS_PER_SECOND = 400;
    private static final long SEED = 7;
    private static final String BUSIEST = ".sites-list li a";

    /**
     * @param landmark what is seen once it shows what there is to show
     */
    private record Place(String name, String hash, String landmark) {}

    private static final List<Place> PLACES =
            List.of(
                    new Place("sites", "/", BUSIEST),
                    new Place("operations", "/operations", ".stage"),
                    new Place("dead-letters", "/dead-letters", ".cause"),
                    new Place("pipeline", "/pipelines/web", ".versions li"));

    @RegisterExtension static final Chromium CHROMIUM = new Chromium();
    @TempDir static Path data;

    @SuppressWarnings("NullAway.Init")
    private static Demo demo;

    @BeforeAll
    static void start() {
        demo = Demo.start("127.0.0.1", 0, data, EVENTS_PER_SECOND, SEED);
    }

    @AfterAll
    static void stop() {
        demo.close();
    }

    @Test
    void usersOnlineChangeByThemselves() {
        try (Window window = CHROMIUM.open(demo.address(), Look.WIDE)) {
            window.go("/").isState("live").click(BUSIEST);
            Locator online = window.sees("[data-online]").find("[data-online]");
            await().pollInSameThread()
                    .atMost(Window.PATIENCE)
                    .until(() -> !value(online).isEmpty());

            String before = value(online);
            await().pollInSameThread()
                    .atMost(Window.PATIENCE)
                    .until(() -> !value(online).equals(before));

            window.hasNoTrouble();
        }
    }

    /** Says how smoothly: how many frames a second a machine gives is no fault of the page. */
    @Test
    void thePageOfASiteMovesInFrames() {
        try (Window window = CHROMIUM.open(demo.address(), Look.WIDE)) {
            window.go("/").isState("live").click(BUSIEST);
            window.sees("[data-online]").sees(".chart canvas");

            Map<?, ?> frames = window.frames(Duration.ofSeconds(5));

            System.out.println("the page of a site, on the demo: " + frames);
            assertThat((Integer) frames.get("frames")).isPositive();
            window.hasNoTrouble();
        }
    }

    private static String value(Locator figure) {
        String value = figure.getAttribute("data-value");
        return value == null || value.equals("0") ? "" : value;
    }

    @Test
    void everyPageIsWellLaidOutInEveryLook() {
        awaitLetters();
        for (Look look : Look.all()) {
            try (Window window = CHROMIUM.open(demo.address(), look)) {
                for (Place place : PLACES) {
                    window.go(place.hash).isState("live").sees(place.landmark);
                    look(window, place.name);
                }
                window.go("/").click(BUSIEST);
                window.isState("live").sees("[data-online]").sees(".list li").sees(".chart canvas");
                look(window, "site");
                window.go("/dead-letters").click(".cause");
                window.sees("[data-action=replay]").sees(".facts");
                look(window, "dead-letter");
                window.hasNoTrouble();
            }
        }
    }

    private static void look(Window window, String name) {
        window.isLaidOutWell();
        window.shoot(name);
    }

    /** One press mends the stage, one applies it, one replays: then none of them is left. */
    @Test
    void theButtonMendsWhatFails() {
        awaitLetters();
        try (Window window = CHROMIUM.open(demo.address(), Look.WIDE)) {
            window.go("/dead-letters");
            window.click(".cause:has-text(\"data.load_ms is a string\")");
            window.click("[data-action=suggested]");
            window.sees(".plan", "tidy").sees(".gutter i[data-changed]");
            window.click("button:text-is('Apply')");
            window.sees(".versions", "Version 2");
            ServerApi api = new ServerApi(demo.address());
            // What was sent before may become a letter only now.
            api.advance("web", 0).hasStatus(200);
            window.click(".suggestion a");

            window.sees("[data-action=replay]").click("[data-action=replay]");

            window.sees("[data-replay=done]", "replayed");
            await().pollInSameThread()
                    .atMost(Window.PATIENCE)
                    .until(() -> lettersOf(api, "tidy") == 0);
            await().pollInSameThread()
                    .atMost(Window.PATIENCE)
                    .until(() -> window.find(".cause:has-text(\"data.load_ms\")").count() == 0);
            window.hasNoTrouble();
        }
    }

    private static void awaitLetters() {
        ServerApi api = new ServerApi(demo.address());
        await().pollInSameThread()
                .atMost(Window.PATIENCE)
                .until(() -> lettersOf(api, "people") > 0);
        if (api.get("web").number("version") == 1) {
            await().pollInSameThread()
                    .atMost(Window.PATIENCE)
                    .until(() -> lettersOf(api, "tidy") > 0);
        }
    }

    private static int lettersOf(ServerApi api, String stage) {
        return api.get("web/dead-letters?limit=1000&stage=" + stage)
                .hasStatus(200)
                .list("deadLetters")
                .size();
    }
}
