package dev.millrace.server.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A window of the browser, and all that went wrong in it. Confined to one thread. */
final class Window implements AutoCloseable {
    /** Far longer than anything takes: a test fails at it, and none waits for it. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final double PATIENCE_MS = PATIENCE.toSeconds() * 1e3;

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private final URI server;
    private final Look look;
    private final BrowserContext context;
    private final Page page;
    private final List<String> troubles = new ArrayList<>();

    Window(Browser browser, URI server, Look look) {
        this.server = server;
        this.look = look;
        this.context =
                browser.newContext(
                        new Browser.NewContextOptions()
                                .setViewportSize(look.width(), look.height())
                                .setColorScheme(look.scheme()));
        this.page = context.newPage();
        page.setDefaultTimeout(PATIENCE_MS);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                troubles.add("console: " + message.text() + " at " + message.location());
            }
        });
        page.onPageError(error -> troubles.add("script: " + error));
        page.onDialog(dialog -> {
            troubles.add("dialog: " + dialog.message());
            dialog.dismiss();
        });
        page.onRequest(request -> {
            if (!request.url().startsWith(server.toString())) {
                troubles.add("request to elsewhere: " + request.url());
            }
        });
    }

    /** Opens a page by what stands behind the {@code #}. */
    Window go(String hash) {
        page.navigate(server + "/#" + hash);
        return this;
    }

    /** The page of a site, whatever its name. */
    Window goToSite(String source) {
        return go(
                "/sites/" + URLEncoder.encode(source, StandardCharsets.UTF_8).replace("+", "%20"));
    }

    Page page() {
        return page;
    }

    Locator find(String selector) {
        return page.locator(selector);
    }

    void click(String selector) {
        find(selector).first().click();
    }

    /** Waits until it is seen. */
    Window sees(String selector) {
        assertThat(find(selector).first())
                .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE_MS));
        return this;
    }

    /** Waits until the element has that text somewhere in it. */
    Window sees(String selector, String text) {
        assertThat(find(selector).first())
                .containsText(
                        text, new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE_MS));
        return this;
    }

    /** Waits until the connection is in that state, as {@code live}. */
    Window isState(String name) {
        return sees(".state[data-state=" + name + "]");
    }

    /** Lets the page draw for so long: how many frames, how many a second, and the longest. */
    Map<?, ?> frames(Duration time) {
        Object counted =
                page.evaluate(
                        """
                        milliseconds => new Promise(done => {
                          const begin = performance.now();
                          let last = begin, frames = 0, longest = 0;
                          const step = now => {
                            frames += 1;
                            longest = Math.max(longest, now - last);
                            last = now;
                            if (now - begin < milliseconds) requestAnimationFrame(step);
                            else done({frames, perSecond: Math.round(frames * 1e4 / (now - begin)) / 10,
                                       longestMs: Math.round(longest)});
                          };
                          requestAnimationFrame(step);
                        })\
                        """,
                        Math.toIntExact(time.toMillis()));
        return (Map<?, ?>) counted;
    }

    /** Waits until the element shows that number. */
    Window shows(String selector, long number) {
        assertThat(find(selector).first())
                .hasAttribute(
                        "data-value",
                        Long.toString(number),
                        new LocatorAssertions.HasAttributeOptions().setTimeout(PATIENCE_MS));
        return this;
    }

    /** Keeps what is to be seen for people to look at, the whole page long. */
    void shoot(String name) {
        page.screenshot(
                new Page.ScreenshotOptions()
                        .setFullPage(true)
                        .setPath(SCREENSHOTS.resolve(name + "-" + look + ".png")));
    }

    /** Nothing is wider than the window. */
    void isLaidOutWell() {
        assertThat(
                        (Integer)
                                page.evaluate(
                                        "document.documentElement.scrollWidth - window.innerWidth"))
                .as("pixels that the page at %s is too wide for a window of %s", page.url(), look)
                .isNotPositive();
    }

    /** No error or warning, no dialog, no script of others, no request to elsewhere. */
    void hasNoTrouble() {
        assertThat(troubles).isEmpty();
    }

    @Override
    public void close() {
        context.close();
    }
}
