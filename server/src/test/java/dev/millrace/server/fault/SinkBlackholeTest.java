package dev.millrace.server.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.testing.net.TcpProxy;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.server.ServerProcess;
import dev.millrace.testing.system.RealPostgres;
import dev.millrace.testing.system.RealRedis;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The network to Redis swallows everything for a while: rows, live stream and the table in
 * PostgreSQL go on, and what waited gets through afterwards, in order.
 */
class SinkBlackholeTest {
    private static final int SECONDS = Faults.number("blackholeSeconds", 8);
    private static final int PER_SECOND = Faults.number("blackholeEventsPerSecond", 20_000);
    private static final Duration DRAINED_WITHIN = Duration.ofMinutes(5);

    /** Of {@link Sightings}. */
    private static final int MARKS_PER_SECOND = 10;

    private static final int BEFORE_SECONDS_MAX = 60;

    @TempDir Path folder;

    @Test
    void aSinkInABlackHoleHoldsUpNobodyAndIsDrainedInOrder() throws Exception {
        Path files = Files.createDirectory(folder.resolve("redis"));
        try (RealPostgres postgres = RealPostgres.start(folder.resolve("postgres"));
                RealRedis redis = RealRedis.start(files);
                TcpProxy proxy = TcpProxy.to(redis.port());
                PublishedRows published = new PublishedRows(redis.client(), "web");
                ServerProcess server = ServerProcess.start(Faults.SERVE, folder.resolve("data"))) {
            run(server.api(), postgres, redis, proxy, published);
            assertThat(server.terminate()).isZero();
        }
    }

    private static void run(
            ServerApi api,
            RealPostgres postgres,
            RealRedis redis,
            TcpProxy proxy,
            PublishedRows published) {
        api.put(
                        "web",
                        """
                        pipeline: web
                        partitions: 4
                        stages:
                          - name: views
                            aggregate: {window: {tumbling: 1m}, by: [data.path], values: {views: count}}
                        sinks:
                          - name: cache
                            from: [views]
                            timeout: 5s
                            redis: {url: "redis://127.0.0.1:%d", ttl: 1d}
                          - {name: warehouse, from: [views], postgres: {url: "%s", table: views}}
                        """
                                .formatted(proxy.port(), postgres.url()))
                .hasStatus(201);
        // The first row makes the table.
        String first = SteadyLoad.event("first", System.currentTimeMillis(), "/first");
        api.ingest("web", List.of(first)).hasStatus(202);
        await().until(() -> cursor(api, "warehouse") > 0);
        SteadyLoad load = new SteadyLoad(api, "web", PER_SECOND);
        Sightings.Figures before;
        Sightings.Figures during;
        long waited;
        try (load;
                Sightings sightings = new Sightings(api, "web", postgres)) {
            int warmUp = Math.min(SECONDS, 30) * MARKS_PER_SECOND;
            Sightings.Figures _ = sightings.next(warmUp);
            before = sightings.next(Math.min(SECONDS, BEFORE_SECONDS_MAX) * MARKS_PER_SECOND);
            proxy.blackhole();
            // An answer that had come through is still taken in.
            Sightings.Figures _ = sightings.next(MARKS_PER_SECOND);
            long stuckAt = cursor(api, "cache");
            during = sightings.next(SECONDS * MARKS_PER_SECOND);
            waited = lag(api, "cache");
            // What was on its way may have arrived, and its answer not.
            assertThat(cursor(api, "cache")).isEqualTo(stuckAt);
            assertThat(waited).isPositive();
            proxy.heal();
        }
        assertThat(load.refusals()).isEmpty();

        api.advance("web");
        await().atMost(DRAINED_WITHIN)
                .until(() -> lag(api, "cache") == 0 && lag(api, "warehouse") == 0);
        List<Map<String, Object>> shown = api.rows("web", "views");
        ShownRows.requireSame(
                "table views",
                TableSinks.rows(postgres, "views", List.of("path", "views")),
                shown.stream().map(ShownRows::line).toList());
        HashSinks.requireHashes(redis, "web", "views", shown);
        await().untilAsserted(() -> published.requireAll("views", shown));
        published.requireOrder();
        assertThat(api.letters("web", "sink")).isEmpty();
        api.settledLedger("web").requireBalanced();
        System.out.printf(
                "a sink in a black hole for %d s at %,d events/s: before %s, during %s; %,d rows waited, %,d were heard%n",
                SECONDS, PER_SECOND, before, during, waited, published.heard());
    }

    private static long cursor(ServerApi api, String sink) {
        return number(api, sink, "cursor");
    }

    private static long lag(ServerApi api, String sink) {
        return number(api, sink, "lag");
    }

    private static long number(ServerApi api, String sink, String name) {
        return api.get("web/sinks").hasStatus(200).list("sinks").stream()
                .filter(each -> sink.equals(each.get("name")))
                .map(each -> (long) each.get(name))
                .findFirst()
                .orElseThrow();
    }
}
