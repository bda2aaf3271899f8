package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.handler.Handled;
import dev.millrace.core.handler.Handler;
import dev.millrace.core.handler.HandlerContext;
import dev.millrace.core.handler.MissingHandlerException;
import dev.millrace.core.handler.PlainEvent;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stages in Java: what they may make of an event, and what becomes of those that misbehave. */
class HandlerTest {
    private static final String WEB =
            """
            pipeline: web
            partitions: 1
            queueLimit: 100
            stages:
              - {name: geo, handler: geo, timeout: 60s, retry: {attempts: 1}}
              - {name: cheap, filter: "data.ms < 1000"}
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [data.country, data.page], values: {views: count, ms: {sum: data.ms}}}
            """;

    private static final String NEIGHBOUR =
            """
            pipeline: neighbour
            partitions: 1
            stages:
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [data.page], values: {views: count}}
            """;

    private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
    private MemoryStorage storage = new MemoryStorage();
    private Engine engine = open(storage);

    private Engine open(MemoryStorage opened) {
        return Engine.open(
                opened,
                new EngineOptions(
                        2,
                        Duration.ofMillis(50),
                        1 << 20,
                        Duration.ofSeconds(2),
                        LetterBudget.DEFAULT),
                this::handler);
    }

    private Handler handler(String pipeline, Stage.Handle stage) {
        if (stage.handler().equals("latest")) {
            return (event, context) -> handlerNamed("geo").handle(event, context);
        }
        return handlerNamed(stage.handler());
    }

    private Handler handlerNamed(String name) {
        Handler handler = handlers.get(name);
        if (handler == null) {
            throw new MissingHandlerException("there is no handler " + name);
        }
        return handler;
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void changedEventGoesOn() {
        handlers.put("geo", (event, _) -> event.with("data.country", "de"));
        Pipeline web = created(WEB);

        ingest(web, event("1", "a", 10), event("2", "a", 20), event("3", "a", 5_000));
        web.advance(OptionalLong.empty());

        assertThat(rows(web))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.group())
                            .isEqualTo(Map.of("data.country", "de", "data.page", "a"));
                    assertThat(row.values()).isEqualTo(Map.of("views", 2L, "ms", 30L));
                });
        assertThat(web.ledger().filtered()).isEqualTo(1);
        assertThat(web.ledger().balanced()).isTrue();
    }

    @Test
    void fieldsCanBeReadOfAnEventThatAHandlerLeftAlone() {
        handlers.put("geo", (event, _) -> event);
        Pipeline web = created(WEB);

        ingest(web, event("1", "a", 10));
        web.advance(OptionalLong.empty());

        assertThat(rows(web))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.group()).containsEntry("data.page", "a");
                    assertThat(row.values()).containsEntry("ms", 10L);
                });
    }

    @Test
    void oneEventBecomesNoneOrMany() {
        handlers.put(
                "geo",
                (event, _) ->
                        event.text("data.page").equals("none")
                                ? Handled.none()
                                : Handled.many(
                                        event.with("data.country", "de"),
                                        event.with("data.country", "fr"),
                                        event));
        Pipeline web = created(WEB);

        ingest(web, event("1", "a", 10), event("2", "none", 20));
        web.advance(OptionalLong.empty());

        assertThat(rows(web)).hasSize(3);
        assertThat(web.ledger())
                .isEqualTo(new LedgerView(2, 2, 0, 2, 0, 1, 0, 0, 3, 0, Map.of("views", 0L), true));
        assertThat(web.ledger().balanced()).isTrue();
    }

    @Test
    void handlerThatThrowsMakesADeadLetterThatSaysWhat() {
        handlers.put(
                "geo",
                (_, _) -> {
                    throw new IllegalStateException("no such country");
                });

        assertThat(letterOf(WEB))
                .satisfies(letter -> {
                    assertThat(letter.stage()).isEqualTo("geo");
                    assertThat(letter.code()).isEqualTo("handler-failed");
                    assertThat(letter.message())
                            .isEqualTo("java.lang.IllegalStateException: no such country");
                });
    }

    @Test
    void messageWithoutEndIsCut() {
        handlers.put(
                "geo",
                (_, _) -> {
                    throw new IllegalStateException("x".repeat(1_000_000));
                });

        assertThat(letterOf(WEB).message()).hasSizeLessThan(1_000);
    }

    @Test
    void errorsOfAHandlerAreItsOwn() {
        handlers.put(
                "geo",
                new Handler() {
                    @Override
                    public Handled handle(PlainEvent event, HandlerContext context) {
                        return deeper(event, 0);
                    }

                    @SuppressWarnings("InfiniteRecursion")
                    private Handled deeper(PlainEvent event, int level) {
                        return level < 0 ? event : deeper(event, level + 1);
                    }
                });

        assertThat(letterOf(WEB).message()).startsWith("java.lang.StackOverflowError");
    }

    @Test
    @SuppressWarnings("NullAway") // That a handler returns null is the point.
    void nullIsNoAnswer() {
        handlers.put("geo", (_, _) -> null);

        assertThat(letterOf(WEB))
                .satisfies(letter -> {
                    assertThat(letter.code()).isEqualTo("handler-failed");
                    assertThat(letter.message()).contains("returned null", "Handled.none()");
                });
    }

    @Test
    void nullInAListIsNoEvent() {
        handlers.put("geo", (event, _) -> Handled.many(Arrays.asList(event, null)));

        assertThat(letterOf(WEB).message()).contains("event 1 of the list of 2 is null");
    }

    @Test
    void eventCannotBeChangedInPlace() {
        handlers.put(
                "geo",
                (event, _) -> {
                    event.data().put("country", "de");
                    return event;
                });

        assertThat(letterOf(WEB).message()).contains("unmodifiable", "with");
    }

    @Test
    void eventKeepsItsEnvelope() {
        handlers.put(
                "geo",
                (event, _) ->
                        PlainEvent.of("other", event.type(), event.source(), event.timestampMs()));

        assertThat(letterOf(WEB).message()).contains("another event, other");
    }

    @Test
    void handlerIsTriedAsOftenAsItsStageSays() {
        Queue<HandlerContext> contexts = new ConcurrentLinkedQueue<>();
        handlers.put(
                "geo",
                (event, context) -> {
                    contexts.add(context);
                    if (context.attempt() < 3) {
                        throw new IllegalStateException("not yet");
                    }
                    return event;
                });
        Pipeline web = created(WEB.replace("attempts: 1", "attempts: 3, backoff: 1ms"));

        ingest(web, event("1", "a", 10));
        web.advance(OptionalLong.empty());

        assertThat(contexts)
                .containsExactly(
                        new HandlerContext("web", "geo", 1),
                        new HandlerContext("web", "geo", 2),
                        new HandlerContext("web", "geo", 3));
        assertThat(web.ledger().completed()).isEqualTo(1);
    }

    @Test
    void handlerThatBlocksIsInterruptedAndTheNextEventIsNot() {
        CountDownLatch never = new CountDownLatch(1);
        handlers.put(
                "geo",
                (event, _) -> {
                    if (event.id().equals("1")) {
                        never.await();
                    }
                    return event;
                });
        Pipeline web = created(WEB.replace("60s", "5s"));

        ingest(web, event("1", "a", 10), event("2", "a", 10));
        web.advance(OptionalLong.empty());

        assertThat(letters(web))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.code()).isEqualTo("timeout");
                    assertThat(letter.message()).isEqualTo("the handler took longer than 5000 ms");
                });
        assertThat(web.ledger().completed()).isEqualTo(1);
    }

    /** More of them than there are task threads and commit threads. */
    @Test
    void handlerThatIgnoresInterruptsHoldsUpItsOwnPipelineOnly() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(4);
        handlers.put(
                "geo",
                (event, _) -> {
                    awaitUninterruptibly(released, interrupted);
                    return event;
                });
        String hasty = WEB.replace("60s", "200ms");
        List<Pipeline> stuck = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            stuck.add(created(hasty.replace("pipeline: web", "pipeline: stuck-" + i)));
        }
        stuck.forEach(one -> ingest(one, event("1", "a", 10)));
        Pipeline neighbour = created(NEIGHBOUR);

        ingest(neighbour, event("1", "a", 10));
        neighbour.advance(OptionalLong.empty());
        assertThat(rows(neighbour)).singleElement().matches(Row::isFinal);

        Pipeline web = stuck.getFirst();
        String[] many = new String[100];
        Arrays.setAll(many, i -> event("n" + i, "a", 1));
        await().untilAsserted(() ->
                assertThat(web.ingest(bytes(String.join("\n", many)), BodyFormat.NDJSON))
                        .isInstanceOfSatisfying(
                                IngestOutcome.QueueFull.class,
                                full -> assertThat(full.bottleneck()).isEqualTo("stage:geo")));

        assertThat(interrupted.await(1, TimeUnit.MINUTES)).isTrue();
        released.countDown();
        await().until(() -> stuck.stream().allMatch(one -> letters(one).size() == 1));
        assertThat(letters(web).getFirst().code()).isEqualTo("timeout");
    }

    @Test
    void letterIsReplayedAtTheHandlerOnceThatIsMended() {
        handlers.put(
                "geo",
                (_, _) -> {
                    throw new IllegalStateException("broken");
                });
        Pipeline web = created(WEB.replace("handler: geo", "handler: latest"));
        ingest(web, event("1", "a", 10));
        await().until(() -> web.ledger().dead() == 1);

        handlers.put("geo", (event, _) -> event.with("data.country", "de"));
        ReplayReport report =
                web.replay(
                        new ReplayRequest(List.of(), LetterFilter.ALL, 10), Duration.ofSeconds(20));
        web.advance(OptionalLong.empty());

        assertThat(report.replayed()).isEqualTo(1);
        assertThat(rows(web)).hasSize(1);
        assertThat(web.ledger().balanced()).isTrue();
    }

    @Test
    void handlerCanComeAndGoWithAVersion() {
        handlers.put("geo", (event, _) -> event.with("data.country", "de"));
        String without = WEB.replaceAll("(?m)^ +- .name: geo.*\n", "");
        Pipeline web = created(without);

        ingest(web, event("1", "a", 10));
        assertThat(engine.put("web", WEB, false)).isInstanceOf(PutOutcome.Changed.class);
        ingest(web, event("2", "a", 10));
        assertThat(engine.put("web", without, false)).isInstanceOf(PutOutcome.Changed.class);
        ingest(web, event("3", "a", 10));
        web.advance(OptionalLong.empty());

        Map<Object, Object> viewsByCountry = new HashMap<>();
        rows(web)
                .forEach(row ->
                        viewsByCountry.put(
                                String.valueOf(row.group().get("data.country")),
                                row.values().get("views")));
        assertThat(viewsByCountry).isEqualTo(Map.of("null", 2L, "de", 1L));
    }

    @Test
    void definitionThatNamesNoHandlerIsRefused() {
        assertThat(engine.put("web", WEB, false))
                .isInstanceOfSatisfying(
                        PutOutcome.Invalid.class,
                        invalid ->
                                assertThat(invalid.problems())
                                        .singleElement()
                                        .satisfies(problem -> {
                                            assertThat(problem.pointer())
                                                    .isEqualTo("/stages/0/handler");
                                            assertThat(problem.detail())
                                                    .isEqualTo("there is no handler geo");
                                        }));
    }

    @Test
    void pipelineWaitsForItsHandlerAndLosesNothing() {
        handlers.put("geo", (event, _) -> event);
        Pipeline before = created(WEB);
        ingest(before, event("1", "a", 10));
        handlers.clear();

        MemoryStorage left = storage.reopened();
        engine.close();
        storage = left;
        engine = open(storage);

        assertThat(engine.pipelines()).isEmpty();
        assertThat(engine.waiting()).isEqualTo(Map.of("web", "there is no handler geo"));

        handlers.put("geo", (event, _) -> event.with("data.country", "de"));
        assertThat(engine.put("web", WEB, false)).isInstanceOf(PutOutcome.Same.class);
        Pipeline web = engine.pipeline("web").orElseThrow();
        web.advance(OptionalLong.empty());
        assertThat(rows(web)).hasSize(1);
        assertThat(engine.waiting()).isEmpty();
    }

    @Test
    void closingDoesNotWaitForAHandlerLongerThanItDrains() {
        CountDownLatch never = new CountDownLatch(1);
        handlers.put(
                "geo",
                (event, _) -> {
                    awaitUninterruptibly(never, new CountDownLatch(0));
                    return event;
                });
        ingest(created(WEB), event("1", "a", 10));

        MemoryStorage left = storage;
        engine.close();
        never.countDown();

        handlers.put("geo", (event, _) -> event);
        engine = open(left.reopened());
        Pipeline web = engine.pipeline("web").orElseThrow();
        web.advance(OptionalLong.empty());
        assertThat(rows(web)).hasSize(1);
    }

    private DeadLetter letterOf(String definition) {
        Pipeline web = created(definition);
        ingest(web, event("1", "a", 10));
        await().until(() -> web.ledger().dead() == 1);
        Pipeline neighbour = created(NEIGHBOUR);
        ingest(neighbour, event("1", "a", 10));
        neighbour.advance(OptionalLong.empty());
        assertThat(rows(neighbour)).hasSize(1);
        assertThat(web.ledger().balanced()).isTrue();
        return letters(web).getFirst();
    }

    /** Which is what a handler must not do. */
    private static void awaitUninterruptibly(CountDownLatch latch, CountDownLatch interrupted) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException ignored) {
                interrupted.countDown();
            }
        }
    }

    private Pipeline created(String definition) {
        String name = definition.lines().findFirst().orElseThrow().replace("pipeline: ", "");
        assertThat(engine.put(name, definition, false)).isInstanceOf(PutOutcome.Created.class);
        return engine.pipeline(name).orElseThrow();
    }

    private static void ingest(Pipeline pipeline, String... events) {
        assertThat(pipeline.ingest(bytes(String.join("\n", events)), BodyFormat.NDJSON))
                .isInstanceOfSatisfying(
                        IngestOutcome.Accepted.class,
                        accepted -> assertThat(accepted.accepted()).isEqualTo(events.length));
    }

    private static List<DeadLetter> letters(Pipeline pipeline) {
        return pipeline.letters(LetterFilter.ALL, Optional.empty(), 100).letters();
    }

    private static List<Row> rows(Pipeline pipeline) {
        return pipeline.rows(RowQuery.all("views")).rows();
    }

    private static String event(String id, String page, int ms) {
        return "{\"id\":\"%s\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":1700000000000,\"data\":{\"page\":\"%s\",\"ms\":%d}}"
                .formatted(id, page, ms);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
