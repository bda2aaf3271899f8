package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.lookup.Lookup;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.port.StageServices;
import dev.millrace.testing.MemoryStorage;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Partitions that wait for answers from elsewhere, and those beside them. */
class LookupsTest {
    private static final String ENRICHED =
            """
            pipeline: web
            key: data.visitor
            partitions: 2
            queueLimit: 3
            stages:
              - name: geo
                enrich: {http: {url: "http://geo/{value}"}, match: data.ip, into: data.country, onMissing: dead-letter}
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [data.country], values: {views: count}}
            """;

    private static final String PLAIN =
            """
            pipeline: plain
            stages:
              - name: views
                aggregate: {window: {tumbling: 1m}, values: {views: count}}
            """;

    private static final EngineOptions SOON_GIVING_UP =
            new EngineOptions(
                    2,
                    Duration.ofMillis(250),
                    64 << 20,
                    Duration.ofMillis(50),
                    LetterBudget.DEFAULT);

    private final DeferredAnswers source = new DeferredAnswers();
    private MemoryStorage storage = new MemoryStorage();
    private Engine engine = opened();

    private Engine opened() {
        return Engine.open(storage, SOON_GIVING_UP, HandlerSource.NONE, source);
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void eventsAreCountedOnceTheirAnswersAreThere() {
        Pipeline web = created(ENRICHED);
        ingest(web, event("1", "a", "10.0.0.1"), event("2", "a", "10.0.0.2"));
        source.awaitAsked("10.0.0.1", "10.0.0.2");
        assertThat(web.ledger().inFlight()).isEqualTo(2);

        source.answer("10.0.0.2", "DE");
        source.answer("10.0.0.1", "FR");

        awaitViews(web, Map.of("DE", 1L, "FR", 1L));
        assertThat(web.ledger().balanced()).isTrue();
    }

    @Test
    void eventsKeepTheirOrderWhenAnswersComeInAnyOrder() {
        Pipeline web = created(ENRICHED);
        ingest(web, event("1", "a", "10.0.0.1"), event("2", "a", "10.0.0.2"));
        ingest(web, event("3", "a", "10.0.0.1"));

        source.awaitAsked("10.0.0.1", "10.0.0.2");
        source.fail("10.0.0.2");
        source.fail("10.0.0.1");

        await().until(() -> letters(web).size() == 2);
        source.awaitAsked("10.0.0.1");
        source.fail("10.0.0.1");
        await().until(() -> letters(web).size() == 3);
        assertThat(letters(web)).map(LookupsTest::eventId).containsExactly("1", "2", "3");
        assertThat(letters(web)).map(DeadLetter::code).containsOnly("away");
    }

    @Test
    void commitsGoOnWhileALookupIsAwaited() {
        Pipeline web = created(ENRICHED);
        source.answer("10.0.0.1", "DE");
        ingest(web, event("1", "a", "10.0.0.1"));
        ingest(web, event("2", "a", "10.0.0.9"));

        awaitViews(web, Map.of("DE", 1L));
        source.awaitAsked("10.0.0.9");
        assertThat(web.ledger().inFlight()).isEqualTo(1);
        assertThat(web.ledger().balanced()).isTrue();
    }

    @Test
    void whatWaitsIsTakenUpAgainAfterACrash() {
        Pipeline web = created(ENRICHED);
        source.answer("10.0.0.1", "DE");
        ingest(web, event("1", "a", "10.0.0.1"));
        ingest(web, event("2", "a", "10.0.0.9"));
        awaitViews(web, Map.of("DE", 1L));
        source.awaitAsked("10.0.0.9");

        MemoryStorage left = storage.reopened();
        engine.close();
        storage = left;
        engine = opened();
        Pipeline again = engine.pipeline("web").orElseThrow();
        source.answer("10.0.0.9", "FR");

        awaitViews(again, Map.of("DE", 1L, "FR", 1L));
        assertThat(again.ledger().balanced()).isTrue();
    }

    @Test
    void neighbourPipelineIsNotHeldUp() {
        Pipeline web = created(ENRICHED);
        Pipeline plain = created(PLAIN);
        ingest(web, event("1", "a", "10.0.0.9"), event("2", "b", "10.0.0.9"));
        source.awaitAsked("10.0.0.9");

        ingest(plain, event("1", "a", "10.0.0.9"));

        assertThat(plain.advance(OptionalLong.empty())).isInstanceOf(AdvanceOutcome.Advanced.class);
        assertThat(plain.ledger().completed()).isEqualTo(1);
    }

    @Test
    void fullQueueNamesTheStageThatIsAwaited() {
        Pipeline web = created(ENRICHED);
        ingest(web, event("1", "a", "10.0.0.9"), event("2", "a", "1"), event("3", "a", "2"));
        source.awaitAsked("10.0.0.9");

        assertThat(web.ingest(event("4", "a", "3").getBytes(UTF_8), BodyFormat.NDJSON))
                .isInstanceOfSatisfying(
                        IngestOutcome.QueueFull.class,
                        full -> assertThat(full.bottleneck()).isEqualTo("stage:geo"));
    }

    @Test
    void replayAsksAgain() {
        Pipeline web = created(ENRICHED);
        ingest(web, event("1", "a", "10.0.0.1"));
        source.awaitAsked("10.0.0.1");
        source.fail("10.0.0.1");
        await().until(() -> web.ledger().dead() == 1);

        ReplayRequest all = new ReplayRequest(List.of(), LetterFilter.ALL, 100);
        ReplayReport pending = web.replay(all, Duration.ZERO);
        source.awaitAsked("10.0.0.1");
        source.answer("10.0.0.1", "DE");

        awaitViews(web, Map.of("DE", 1L));
        await().until(() -> web.replay(pending.id()).orElseThrow().replayed() == 1);
        assertThat(letters(web)).isEmpty();
    }

    @Test
    void pipelineThatWaitsCanBeDeleted() {
        Pipeline web = created(ENRICHED);
        ingest(web, event("1", "a", "10.0.0.9"));
        source.awaitAsked("10.0.0.9");

        assertThat(engine.drop("web")).isTrue();

        assertThat(source.retained()).containsExactly(Map.entry("web", Set.of()));
        source.answer("10.0.0.9", "DE");
        assertThat(created(ENRICHED).ledger().accepted()).isZero();
    }

    @Test
    void definitionWhoseSourceCannotBeUsedIsRefused() {
        source.problem("the table sites.csv is not there");

        assertThat(engine.put("web", ENRICHED, true))
                .isInstanceOfSatisfying(
                        PutOutcome.Invalid.class,
                        invalid ->
                                assertThat(invalid.problems())
                                        .singleElement()
                                        .satisfies(problem -> {
                                            assertThat(problem.pointer())
                                                    .isEqualTo("/stages/0/enrich");
                                            assertThat(problem.line()).hasValue(7);
                                            assertThat(problem.detail())
                                                    .isEqualTo("the table sites.csv is not there");
                                        }));
    }

    private Pipeline created(String definition) {
        String name = definition.lines().findFirst().orElseThrow().substring("pipeline: ".length());
        assertThat(engine.put(name, definition, false)).isInstanceOf(PutOutcome.Created.class);
        return engine.pipeline(name).orElseThrow();
    }

    private static void ingest(Pipeline pipeline, String... events) {
        assertThat(pipeline.ingest(String.join("\n", events).getBytes(UTF_8), BodyFormat.NDJSON))
                .isInstanceOf(IngestOutcome.Accepted.class);
    }

    private static String event(String id, String visitor, String ip) {
        return "{\"id\":\"%s\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":1700000000000,\"data\":{\"visitor\":\"%s\",\"ip\":\"%s\"}}"
                .formatted(id, visitor, ip);
    }

    private static void awaitViews(Pipeline pipeline, Map<String, Long> byCountry) {
        await().untilAsserted(() ->
                assertThat(rows(pipeline))
                        .map(row ->
                                row.group().get("data.country") + "=" + row.values().get("views"))
                        .containsExactlyInAnyOrderElementsOf(
                                byCountry.entrySet().stream().map(Map.Entry::toString).toList()));
    }

    private static List<Row> rows(Pipeline pipeline) {
        return pipeline.rows(RowQuery.all("views")).rows();
    }

    private static List<DeadLetter> letters(Pipeline pipeline) {
        return pipeline.letters(LetterFilter.ALL, Optional.empty(), 100).letters();
    }

    private static String eventId(DeadLetter letter) {
        String json = new String(letter.original(), UTF_8);
        return json.substring("{\"id\":\"".length(), json.indexOf("\",\"type\""));
    }

    /** A source that knows what it was told, and keeps everybody else waiting until it is. */
    private static final class DeferredAnswers implements StageServices, Lookup {
        private final Map<Object, Answer> known = new ConcurrentHashMap<>();
        private final Map<Object, CompletableFuture<Answer>> asked = new ConcurrentHashMap<>();
        private final Map<String, Set<Stage.Enrich>> retained = new ConcurrentHashMap<>();
        private volatile @Nullable String problem;

        void awaitAsked(Object... keys) {
            await().until(() -> asked.keySet().containsAll(Set.of(keys)));
        }

        void answer(Object key, String country) {
            Answer answer = new Answer.Found(country);
            known.put(key, answer);
            CompletableFuture<Answer> waiting = asked.remove(key);
            if (waiting != null) {
                waiting.complete(answer);
            }
        }

        void fail(Object key) {
            Optional.ofNullable(asked.remove(key))
                    .orElseThrow()
                    .complete(new Answer.Failed("away", "the source is away"));
        }

        void problem(String sentence) {
            problem = sentence;
        }

        Map<String, Set<Stage.Enrich>> retained() {
            return retained;
        }

        @Override
        public Lookup lookup(String pipeline, Stage.Enrich stage) {
            return this;
        }

        @Override
        public Optional<String> problem(Stage.Enrich stage) {
            return Optional.ofNullable(problem);
        }

        @Override
        public void retain(String pipeline, Collection<Stage.Enrich> stages) {
            retained.put(pipeline, new HashSet<>(stages));
        }

        @Override
        public @Nullable Answer known(Object key) {
            return known.get(key);
        }

        @Override
        public CompletionStage<Answer> fetch(Object key) {
            return asked.computeIfAbsent(key, _ -> new CompletableFuture<>());
        }
    }
}
