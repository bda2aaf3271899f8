package dev.millrace.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Json;
import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;
import dev.millrace.testing.server.ServerApi;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A real server with the pipeline {@code shop}, whose data outlives a restart. */
final class Sites implements AutoCloseable {
    static final String PIPELINE = "shop";

    /** Who is there, what sells, and a stage that reckons with what producers send. */
    static final String DEFINITION =
            """
            pipeline: shop
            outOfOrder: 1s
            stages:
              - name: total
                transform:
                  data.total: "data.amount * data.items"
              - name: now
                aggregate:
                  window: {sliding: 5m, every: 5s}
                  by: [source]
                  values: {buyers: {distinct: data.buyer}, articles: {top: data.article, k: 10}}
              - name: sales
                aggregate:
                  window: {tumbling: 10s}
                  by: [source]
                  values: {orders: count}
              - name: referrers
                aggregate:
                  window: {tumbling: 1m}
                  by: [source, data.referrer]
                  values: {orders: count}
              - name: agents
                aggregate:
                  window: {tumbling: 1m}
                  by: [source, data.ua]
                  values: {orders: count}
            """;

    private final Path data;
    private final URI address;
    private MillraceServer server;

    private Sites(Path data) {
        this.data = data;
        this.server = MillraceServer.start(options(0));
        this.address = server.address();
    }

    static Sites start(Path data) {
        Sites started = new Sites(data);
        started.api().put(PIPELINE, DEFINITION).hasStatus(201);
        return started;
    }

    private ServerOptions options(int port) {
        return ServerOptions.of("127.0.0.1", port, data, Optional.empty());
    }

    URI address() {
        return address;
    }

    ServerApi api() {
        return new ServerApi(address);
    }

    void stop() {
        server.close();
    }

    void startAgain() {
        server = MillraceServer.start(options(address.getPort()));
    }

    /** Orders of one site, of a buyer each, whose numbers begin with {@code first}. */
    void order(String source, int first, int count) {
        List<String> events =
                IntStream.range(first, first + count)
                        .mapToObj(i ->
                                event(
                                        source,
                                        "e-" + source.hashCode() + "-" + i,
                                        Map.of(
                                                "buyer",
                                                "b" + i,
                                                "amount",
                                                2L,
                                                "items",
                                                3L,
                                                "article",
                                                "a" + i % 7,
                                                "referrer",
                                                "direct",
                                                "ua",
                                                "test")))
                        .toList();
        send(events);
    }

    void send(List<String> events) {
        assertThat(api().ingest(PIPELINE, events).hasStatus(202).number("accepted"))
                .isEqualTo(events.size());
    }

    static String event(String source, String id, Map<String, Object> data) {
        return new String(
                Json.encode(
                        Map.of(
                                "id", id,
                                "type", "order",
                                "source", source,
                                "timestamp", System.currentTimeMillis(),
                                "data", data)),
                StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.close();
    }
}
