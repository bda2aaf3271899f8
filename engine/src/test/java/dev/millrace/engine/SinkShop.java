package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.connector.Connectors;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.StageServices;
import dev.millrace.testing.MemorySinks;
import dev.millrace.testing.MemorySources;
import dev.millrace.testing.MemoryStorage;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A pipeline of orders with sinks in memory, whose host is stopped, killed and started again. */
final class SinkShop implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(1);
    static final String OUT = "sinks: [{name: out, from: [events], memory: {}}]";

    private static final EngineOptions EAGER =
            new EngineOptions(
                    2, Duration.ofMillis(5), 1 << 24, Duration.ofSeconds(5), LetterBudget.DEFAULT);

    private static final String STAGES =
            """
            pipeline: shop
            partitions: 2
            stages:
              - {name: priced, filter: "data.price >= 0"}
              - name: sales
                aggregate: {window: {tumbling: 1h}, by: [source], values: {orders: count, price: {sum: data.price}}}
            """;

    final MemorySinks systems;
    final MemorySources sources = new MemorySources();
    private final EngineOptions options;
    private MemoryStorage storage;
    private Engine engine;

    SinkShop() {
        this(new MemoryStorage(), new MemorySinks(), EAGER);
    }

    SinkShop(EngineOptions options) {
        this(new MemoryStorage(), new MemorySinks(), options);
    }

    SinkShop(MemoryStorage storage, MemorySinks systems) {
        this(storage, systems, EAGER);
    }

    private SinkShop(MemoryStorage storage, MemorySinks systems, EngineOptions options) {
        this.storage = storage;
        this.systems = systems;
        this.options = options;
        this.engine = open();
    }

    private Engine open() {
        return Engine.open(
                storage,
                options,
                HandlerSource.NONE,
                StageServices.NONE,
                new Connectors(List.of(systems), List.of(sources)));
    }

    PutOutcome put(String sinks) {
        return engine.put("shop", STAGES + sinks, SchemaSource.NONE, false);
    }

    Pipeline with(String sinks) {
        assertThat(put(sinks)).isInstanceOfAny(PutOutcome.Created.class, PutOutcome.Changed.class);
        return pipeline();
    }

    Pipeline pipeline() {
        return engine.pipeline("shop").orElseThrow();
    }

    Engine engine() {
        return engine;
    }

    /** As the disk is at this moment. */
    MemoryStorage snapshot() {
        return storage.reopened();
    }

    /** The host is stopped. */
    void stop() {
        engine.close();
    }

    /** The host is started again, on what it left or on a snapshot. */
    Pipeline start(MemoryStorage on) {
        engine.close();
        storage = on;
        engine = open();
        return pipeline();
    }

    Pipeline start() {
        return start(storage.reopened());
    }

    static String order(int number) {
        return "{\"id\":\"o%d\",\"type\":\"order\",\"source\":\"s\",\"timestamp\":1700000000000,\"data\":{\"price\":%d}}"
                .formatted(number, number);
    }

    static List<String> orders(int from, int to) {
        return IntStream.range(from, to).mapToObj(SinkShop::order).toList();
    }

    /** Sends orders, and waits until all is committed and put out. */
    void send(int from, int to) {
        String body =
                IntStream.range(from, to)
                        .mapToObj(SinkShop::order)
                        .collect(Collectors.joining("\n"));
        assertThat(pipeline().ingest(body.getBytes(UTF_8), BodyFormat.NDJSON))
                .isInstanceOf(IngestOutcome.Accepted.class);
        await().atMost(PATIENCE).until(() -> pipeline().ledger().inFlight() == 0);
        pipeline().drain().join();
    }

    SinkStatus status(String sink) {
        return pipeline().sinks().stream()
                .filter(one -> one.name().equals(sink))
                .findFirst()
                .orElseThrow();
    }

    void awaitDrained(String sink) {
        await().atMost(PATIENCE).until(() -> status(sink).lagItems() == 0);
    }

    void awaitState(String sink, SinkStatus.State state) {
        await().atMost(PATIENCE).until(() -> status(sink).state() == state);
    }

    /** Has the sink refuse one order. */
    void refuse(int number) {
        systems.refuse(
                "out", item -> new String(item.json(), UTF_8).contains("\"o" + number + "\""));
    }

    void refuseNothing() {
        systems.refuse("out", _ -> false);
    }

    DeadLetter onlyLetter() {
        await().atMost(PATIENCE).until(() -> Shop.letters(pipeline()).size() == 1);
        return Shop.letters(pipeline()).getFirst();
    }

    @Override
    public void close() {
        engine.close();
    }
}
