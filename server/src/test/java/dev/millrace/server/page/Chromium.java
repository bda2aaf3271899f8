package dev.millrace.server.page;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The Chromium that is installed on the system, for one test class. Where there is none, each test
 * is skipped by its name.
 */
final class Chromium implements BeforeEachCallback, AfterAllCallback {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome");
    private static final List<String> FLAGS =
            List.of(
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync");

    private @Nullable Playwright playwright;
    private @Nullable Browser browser;

    @Override
    public void beforeEach(ExtensionContext context) {
        assumeTrue(
                executable().isPresent(),
                "there is no Chromium; install it, on Debian: apt-get install chromium");
    }

    private static Optional<Path> executable() {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "/usr/bin" : path).split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Opens a window on the server's page, which has shown nothing yet. */
    Window open(URI server, Look look) {
        return new Window(browser(), server, look);
    }

    private Browser browser() {
        if (browser != null) {
            return browser;
        }
        Playwright started =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        playwright = started;
        Browser launched =
                started.chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(executable().orElseThrow())
                                        .setArgs(FLAGS));
        browser = launched;
        return launched;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (playwright != null) {
            playwright.close();
            playwright = null;
            browser = null;
        }
    }
}
