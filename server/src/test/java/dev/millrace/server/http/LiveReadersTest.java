package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.engine.EngineOptions;
import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;
import dev.millrace.server.live.LiveLimits;
import dev.millrace.testing.server.LiveClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Many readers of live streams, slow ones, ones that go, and streams with many rows. */
class LiveReadersTest {
    private static final LiveLimits DEFAULTS = LiveLimits.defaults();

    /** However long a test takes, its rows are of one window. */
    private static final String VIEWS = Api.VIEWS.replace("tumbling: 1m", "tumbling: 1d");

    /** Makes a snapshot of ten thousand groups larger than what sockets take by themselves. */
    private static final String LONG = "x".repeat(2_000);

    @TempDir Path data;
    private Api api;

    @AfterEach
    void stop() {
        api.close();
    }

    private void start(LiveLimits live) {
        start(live, HttpLimits.defaults().idleTimeout());
    }

    private void start(LiveLimits live, Duration idleTimeout) {
        HttpLimits http = HttpLimits.defaults();
        api =
                Api.of(
                        MillraceServer.start(
                                new ServerOptions(
                                        "127.0.0.1",
                                        0,
                                        data,
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        new HttpLimits(
                                                http.maxBodyBytes(),
                                                http.maxUnpackedBytes(),
                                                http.bodyMemoryBytes(),
                                                http.bodyWait(),
                                                http.bodyTimeout(),
                                                idleTimeout,
                                                http.maxDocumentBytes(),
                                                http.maxHeaderBytes(),
                                                http.maxRequestLineBytes(),
                                                http.maxConnections(),
                                                http.stopPatience(),
                                                live),
                                        EngineOptions.defaults())));
        api.put("web", VIEWS).hasStatus(201);
    }

    private static LiveLimits limits(int readers, int groups, Duration patience) {
        return new LiveLimits(
                readers,
                DEFAULTS.feeds(),
                groups,
                DEFAULTS.heldBytes(),
                DEFAULTS.bufferedBytes(),
                DEFAULTS.historyBytes(),
                DEFAULTS.historyMessages(),
                DEFAULTS.readerBytes(),
                patience,
                DEFAULTS.linger());
    }

    /** Of paths that are told apart by their number, all in one window. */
    private void sendGroups(int count, String prefix) {
        long now = System.currentTimeMillis();
        for (int from = 0; from < count; from += 2_000) {
            String events =
                    IntStream.range(from, Math.min(count, from + 2_000))
                            .mapToObj(i ->
                                    """
                                    {"id":"%s%d","type":"t","source":"s","timestamp":%d,"data":{"path":"%s%d","bytes":1}}\
                                    """
                                            .formatted(prefix.substring(0, 1), i, now, prefix, i))
                            .collect(Collectors.joining(",", "[", "]"));
            api.events(events).hasStatus(202);
        }
        await().until(() -> (long) metrics().get("queueDepth") == 0);
    }

    private Map<String, Object> metrics() {
        return api.get("/v1/pipelines/web/metrics").json();
    }

    private double meter(String name) {
        return api.get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    private Socket ask(String path, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(receiveBuffer);
        socket.connect(new InetSocketAddress(api.address().getHost(), api.address().getPort()));
        socket.getOutputStream()
                .write("GET %s HTTP/1.1\r\nHost: h\r\n\r\n".formatted(path).getBytes(UTF_8));
        return socket;
    }

    /** It holds up nobody, and lets go of what waited for it. */
    @Test
    void aReaderThatDoesNotReadIsCutOff() throws IOException {
        start(limits(10, 10_000, Duration.ofSeconds(10)));
        sendGroups(9_000, LONG);
        // All of them are in the snapshot then.
        api.post("/v1/pipelines/web/advance", "{\"to\": 0}").hasStatus(200);
        String live = "/v1/pipelines/web/live?aggregate=views";
        try (LiveClient good = LiveClient.open(api.address(), "?aggregate=views")) {
            await().until(() -> good.view().rows("views").size() == 9_000);
            try (Socket _ = ask(live, 4 << 10)) {
                await().until(() -> meter("millrace_live_cut_off_total") == 1);

                await().until(() -> meter("millrace_live_readers_streams") == 1);
                await().until(() -> meter("millrace_live_buffered_bytes") < 1 << 20);
                api.events(Api.event("after")).hasStatus(202);
                await().until(() -> good.view().rows("views").size() == 9_001);
                assertThat(good.isBroken()).isFalse();
            }
        }
    }

    @Test
    void aReaderThatGoesIsForgotten() {
        start(limits(10, 10_000, DEFAULTS.patience()));
        LiveClient live = LiveClient.open(api.address(), "?aggregate=views");
        live.await("snapshot");
        assertThat(meter("millrace_live_readers_streams")).isEqualTo(1);

        live.close();

        await().until(() -> meter("millrace_live_readers_streams") == 0);
    }

    @Test
    void aReaderTooManyIsRefused() {
        start(limits(1, 10_000, DEFAULTS.patience()));
        try (LiveClient live = LiveClient.open(api.address(), "?aggregate=views")) {
            live.await("snapshot");

            assertThat(
                            api.get("/v1/pipelines/web/live")
                                    .isProblem(429, "queue-full")
                                    .header("Retry-After"))
                    .contains("5");
        }
    }

    /** Idle connections are closed after a second here; a stream is not one. */
    @Test
    void aStreamOutlivesIdleConnections() {
        start(DEFAULTS, Duration.ofSeconds(1));
        try (LiveClient live = LiveClient.open(api.address(), "")) {
            await().until(() -> live.events("metrics").size() >= 5);

            assertThat(live.isBroken()).isFalse();
        }
    }

    @Test
    void rowsPastTheLimitAreLeftOutAndTheStreamSaysSo() {
        start(limits(10, 100, DEFAULTS.patience()));
        sendGroups(150, "/p");
        try (LiveClient live = LiveClient.open(api.address(), "?aggregate=views")) {
            assertThat(LiveClient.members(live.await("truncated")))
                    .isEqualTo(Map.of("aggregate", "views", "shown", 100L));
            assertThat(live.view().rows("views")).hasSize(100);
        }
    }

    @Test
    void tenThousandGroupsAreShown() {
        start(DEFAULTS);
        try (LiveClient live = LiveClient.open(api.address(), "?aggregate=views")) {
            sendGroups(10_000, "/p");
            await().until(() -> live.view().rows("views").size() == 10_000);

            assertThat(live.events("truncated")).isEmpty();
        }
    }

    @Test
    void aThousandReadersAllHear() throws Exception {
        start(DEFAULTS);
        int readers = 1_000;
        CountDownLatch begun = new CountDownLatch(readers);
        CountDownLatch heard = new CountDownLatch(readers);
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < readers; i++) {
                Socket socket = ask("/v1/pipelines/web/live?aggregate=views", 64 << 10);
                sockets.add(socket);
                Thread.ofVirtual().start(() -> read(socket, begun, heard));
            }
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(meter("millrace_live_feeds")).isEqualTo(1);
            api.events(Api.event("one")).hasStatus(202);

            assertThat(heard.await(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static void read(Socket socket, CountDownLatch begun, CountDownLatch heard) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("event: snapshot")) {
                    begun.countDown();
                } else if (line.equals("event: rows")) {
                    heard.countDown();
                }
            }
        } catch (IOException ended) {
            // The test is over.
        }
    }
}
