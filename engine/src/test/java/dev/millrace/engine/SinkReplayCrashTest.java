package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.connector.Connectors;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.StageServices;
import dev.millrace.testing.MemorySinks;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A replay of a sink's letters, each of whose writes is the one that fails. */
class SinkReplayCrashTest {
    private static final int ORDERS = 12;
    private static final EngineOptions EAGER =
            new EngineOptions(
                    2, Duration.ofNanos(1), 1 << 20, Duration.ofSeconds(1), LetterBudget.DEFAULT);

    private static final String DEFINITION =
            """
            pipeline: shop
            stages: []
            sinks: [{name: out, from: [events], memory: {}}]
            """;

    @ParameterizedTest
    @EnumSource(MemoryStorage.Fault.class)
    void everyItemGetsThereOnceWhicheverWriteFails(MemoryStorage.Fault fault) {
        int replaysBegun = 0;
        for (int write = 1; write < 7; write++) {
            MemorySinks system = new MemorySinks();
            MemoryStorage storage = withLetters(system);
            system.refuse("out", _ -> false);
            storage.failWrite(write, fault);
            cutShort(storage, system);

            try (Engine engine = open(storage.reopened(), system)) {
                Pipeline shop = engine.pipeline("shop").orElseThrow();
                List<ReplayReport> begun = shop.replays();
                replaysBegun += begun.size();
                ReplayReport report =
                        begun.isEmpty()
                                ? shop.replay(Shop.all(), Shop.PATIENCE)
                                : Shop.done(shop, begun.getFirst().id());
                assertThat(report.failed()).isZero();
                assertThat(report.remaining()).isZero();
                await().atMost(Shop.PATIENCE).until(() -> Shop.letters(shop).isEmpty());
                assertThat(system.items("out")).hasSize(ORDERS).doesNotHaveDuplicates();
            } catch (AssertionError wrong) {
                throw new AssertionError("write " + write + " was " + fault, wrong);
            }
        }
        assertThat(replaysBegun).as("replays that the next host went on with").isPositive();
    }

    private static Engine open(MemoryStorage storage, MemorySinks system) {
        return Engine.open(
                storage,
                EAGER,
                HandlerSource.NONE,
                StageServices.NONE,
                new Connectors(List.of(system), List.of()));
    }

    private static MemoryStorage withLetters(MemorySinks system) {
        MemoryStorage storage = new MemoryStorage();
        system.refuse("out", SinkReplayCrashTest::isThird);
        try (Engine engine = open(storage, system)) {
            assertThat(engine.put("shop", DEFINITION, SchemaSource.NONE, false))
                    .isInstanceOf(PutOutcome.Created.class);
            Pipeline shop = engine.pipeline("shop").orElseThrow();
            String body =
                    IntStream.range(0, ORDERS)
                            .mapToObj(number -> Shop.order("o" + number, "{\"n\":" + number + "}"))
                            .collect(Collectors.joining("\n"));
            assertThat(shop.ingest(body.getBytes(UTF_8), BodyFormat.NDJSON))
                    .isInstanceOf(IngestOutcome.Accepted.class);
            await().atMost(Shop.PATIENCE).until(() -> Shop.letters(shop).size() == ORDERS / 3);
            await().atMost(Shop.PATIENCE).until(() -> shop.sinks().getFirst().lagItems() == 0);
        }
        return storage.reopened();
    }

    private static boolean isThird(SinkItem item) {
        String json = new String(item.json(), UTF_8);
        int number = Integer.parseInt(json.replaceAll(".*\"n\":(\\d+).*", "$1"));
        return number % 3 == 0;
    }

    /** Replays until the write fails that was told to. */
    private static void cutShort(MemoryStorage storage, MemorySinks system) {
        try (Engine engine = open(storage, system)) {
            ReplayReport _ =
                    engine.pipeline("shop").orElseThrow().replay(Shop.all(), Duration.ofSeconds(3));
        } catch (RuntimeException failed) {
            assertThat(failed).isNotNull();
        }
    }
}
