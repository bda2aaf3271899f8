package dev.millrace.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** What the page says of its connection, and how it comes right again. */
class ConnectionTest {
    private static final String SITE = "books.example";

    @RegisterExtension static final Chromium CHROMIUM = new Chromium();
    @TempDir Path data;

    @Test
    void aPageThatIsOpenOutlivesARestartOfTheServer() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE)) {
            sites.order(SITE, 0, 12);
            window.goToSite(SITE).isState("live").shows("[data-online]", 12);

            sites.stop();
            window.isState("reconnecting").sees(".state", "as of").shows("[data-online]", 12);

            sites.startAgain();
            sites.order(SITE, 100, 8);
            window.isState("live").shows("[data-online]", 20);
        }
    }

    @Test
    void aPageThatOpensBeforeItsServerWaitsForIt() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE)) {
            sites.order(SITE, 0, 3);
            window.go("/operations").isState("live");
            sites.stop();
            window.page().evaluate("location.hash = '#/sites/%s'".formatted(SITE));
            window.isState("reconnecting");

            sites.startAgain();

            window.shows("[data-online]", 3).isState("live");
        }
    }

    @Test
    void aServerWithoutPipelinesSaysHowToPutOne() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE)) {
            sites.api().drop(Sites.PIPELINE).hasStatus(200);

            window.go("/").sees(".blank", "No pipeline yet");

            sites.api().put(Sites.PIPELINE, Sites.DEFINITION).hasStatus(201);
            window.sees(".sites-list", "No data yet").isState("live").hasNoTrouble();
        }
    }

    /** The answer is put in here, as the server has no keys yet. */
    @Test
    void whoIsRefusedIsAskedForAKey() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE)) {
            Page page = window.page();
            page.route(
                    "**/v1/**",
                    route -> {
                        if ("Bearer mr_right"
                                .equals(route.request().headers().get("authorization"))) {
                            route.resume();
                        } else {
                            route.fulfill(
                                    new Route.FulfillOptions()
                                            .setStatus(401)
                                            .setContentType("application/problem+json")
                                            .setBody("{\"detail\": \"A key is needed.\"}"));
                        }
                    });

            window.go("/").isState("denied").sees(".blank", "A key is needed.");
            window.find(".key input").fill("mr_right");
            window.click(".key button");

            window.isState("live").sees(".sites-list");
        }
    }

    @Test
    void theAddressOfNothingSaysSo() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE)) {
            window.go("/operations?pipeline=nothing")
                    .isState("missing")
                    .sees(".blank", "not there");
        }
    }

    /** Every page can be reached and used without a mouse. */
    @Test
    void tabAndEnterAreEnough() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE)) {
            sites.order(SITE, 0, 2);
            window.go("/").sees(".sites-list li");
            Page page = window.page();
            page.keyboard().press("Tab");
            assertThat(page.evaluate("document.activeElement.className")).isEqualTo("skip");
            for (int i = 0; i < 20 && !isOnSite(page); i++) {
                page.keyboard().press("Tab");
            }
            page.keyboard().press("Enter");

            window.shows("[data-online]", 2);
            assertThat(page.evaluate("document.activeElement.id")).isEqualTo("main");
        }
    }

    private static boolean isOnSite(Page page) {
        return Boolean.TRUE.equals(
                page.evaluate("document.activeElement.closest('.sites-list') !== null"));
    }
}
