package dev.millrace.server.page;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;

/** What an operator sees, and can do. */
class OperationsPageTest {
    private static final String SITE = "books.example";

    @RegisterExtension static final Chromium CHROMIUM = new Chromium();
    @TempDir Path data;

    @Test
    void stagesShowWhatLeavesThem() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE)) {
            sites.api()
                    .put(
                            Sites.PIPELINE,
                            Sites.DEFINITION.replace(
                                    "stages:\n",
                                    "stages:\n  - {name: people, filter: \"data.ua != 'bot'\"}\n"))
                    .hasStatus(200);
            sites.order(SITE, 0, 6);
            sites.send(
                    IntStream.range(0, 2)
                            .mapToObj(i -> Sites.event(SITE, "bot" + i, Map.of("ua", "bot")))
                            .toList());
            sites.send(
                    IntStream.range(0, 3)
                            .mapToObj(i ->
                                    Sites.event(
                                            SITE,
                                            "text" + i,
                                            Map.of("ua", "u", "amount", "2", "items", 3L)))
                            .toList());

            window.go("/operations").isState("live");

            window.sees("[data-stage=people]", "18 %").sees("[data-stage=total]", "3failed");
            window.shows("[data-ledger] .term:has-text('dead letters') b", 3);
            window.shows("[data-ledger] .term:has-text('filtered') b", 2);
            window.sees("[data-ledger] .badge", "balanced").hasNoTrouble();
        }
    }

    @Test
    void aSinkWhoseSystemIsAwaySaysSoAndIsPausedAndResumed() throws IOException {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.PHONE)) {
            sites.api()
                    .put(
                            Sites.PIPELINE,
                            Sites.DEFINITION
                                    + """
                                    sinks:
                                      - name: hook
                                        from: [events]
                                        webhook: {url: "http://127.0.0.1:%d/hook", allow: ["127.0.0.1"]}
                                    """
                                            .formatted(closedPort()))
                    .hasStatus(200);
            sites.order(SITE, 0, 5);

            window.go("/operations").sees(".sink", "5 items wait").sees(".sink .failure");
            window.sees(".sink .badge", "retrying");
            window.click(".sink button:text-is('Pause')");
            window.sees(".sink .badge", "paused");
            window.click(".sink button:text-is('Resume')");
            window.sees(".sink .badge", "retrying").hasNoTrouble();
        }
    }

    /** One that nobody listens on any more. */
    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
