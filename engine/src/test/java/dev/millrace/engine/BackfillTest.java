package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.pipeline.PlanEntry;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.port.StageServices;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Changes of a pipeline that backfill what is new in it. */
class BackfillTest {
    private static final String FIRST =
            """
            pipeline: web
            partitions: 3
            retention: {age: 7d}
            stages:
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [source], values: {n: count}, late: correct}
              - name: there
                aggregate: {window: {tumbling: 1m}, by: [source], values: {n: count, ms: {sum: data.ms}}, late: correct}
            """;

    private static final String CHANGED =
            FIRST.replace("values: {n: count},", "values: {n: count, ms: {sum: data.ms}},");

    private static final String WITH_HANDLER =
            CHANGED.replace(
                    "stages:\n", "stages:\n  - {name: wait, handler: wait, timeout: 30s}\n");

    /** A commit at each beat. */
    private static final EngineOptions EAGER =
            new EngineOptions(
                    2, Duration.ofNanos(1), 1 << 20, Duration.ofSeconds(20), LetterBudget.DEFAULT);

    private static final int EVENTS = 300;
    private static final Optional<Duration> DAY = Optional.of(Duration.ofDays(1));

    /** With a handler that is slow enough for commits to come in the midst of a backfill. */
    private static Engine open(MemoryStorage storage) {
        HandlerSource slow =
                (_, _) ->
                        (event, _) -> {
                            LockSupport.parkNanos(1_000_000);
                            return event;
                        };
        return Engine.open(storage, EAGER, slow, StageServices.NONE);
    }

    private static byte[] event(int number) {
        // Every tenth comes twice.
        int id = number % 10 == 9 ? number - 1 : number;
        return """
        {"id": "e%d", "type": "view", "source": "s%d", "timestamp": %d, "data": {"ms": %d}}\
        """
                .formatted(id, id % 7, 1_700_000_000_000L + id * 1_000L, id)
                .getBytes(UTF_8);
    }

    private static void ingest(Pipeline web, int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(web.ingest(event(i), BodyFormat.NDJSON))
                    .isInstanceOf(IngestOutcome.Accepted.class);
        }
    }

    private static PutOutcome change(Engine engine, String definition) {
        return engine.put("web", definition, SchemaSource.NONE, DAY, false);
    }

    private static Map<String, Object> rows(Pipeline web, String aggregate) {
        return web.rows(RowQuery.all(aggregate)).rows().stream()
                .collect(
                        Collectors.toMap(
                                row -> row.windowStartMs() + " " + row.group(),
                                row -> row.values()));
    }

    private static void awaitBackfill(Pipeline web) {
        await().atMost(Duration.ofSeconds(60)).until(() -> web.metrics().backfill().isEmpty());
    }

    /** Each start gets one write further than the one before, then the storage fails. */
    @Test
    void aggregateEqualsOneThatWasThereThoughEveryWriteFailsOnce() {
        MemoryStorage storage = new MemoryStorage();
        try (Engine engine = open(storage)) {
            assertThat(engine.put("web", FIRST, false)).isInstanceOf(PutOutcome.Created.class);
            Pipeline web = engine.pipeline("web").orElseThrow();
            ingest(web, 0, EVENTS);
            assertThat(change(engine, WITH_HANDLER)).isInstanceOf(PutOutcome.Changed.class);
            storage.failWrite(1, MemoryStorage.Fault.NOT_WRITTEN);
            await().until(() -> engine.health().trouble().isPresent());
        }
        for (int writes = 1; writes < 12; writes++) {
            storage = storage.reopened();
            storage.failWrite(
                    writes,
                    writes % 2 == 0
                            ? MemoryStorage.Fault.WRITTEN
                            : MemoryStorage.Fault.NOT_WRITTEN);
            try (Engine cutShort = open(storage)) {
                Pipeline web = cutShort.pipeline("web").orElseThrow();
                await().until(() ->
                        web.metrics().backfill().isEmpty()
                                || cutShort.health().trouble().isPresent());
            } catch (RuntimeException failedWrite) {
                assertThat(failedWrite).isNotNull();
            }
        }
        try (Engine engine = open(storage.reopened())) {
            Pipeline web = engine.pipeline("web").orElseThrow();
            ingest(web, EVENTS, EVENTS + 50);
            awaitBackfill(web);
            web.advance(OptionalLong.empty());

            assertThat(rows(web, "there")).hasSizeGreaterThan(20);
            assertThat(rows(web, "views")).isEqualTo(rows(web, "there"));
            assertBalancedLedger(web, EVENTS + 50);
        }
    }

    /** Events that a backfill goes through were received and taken before, and once. */
    private static void assertBalancedLedger(Pipeline web, int received) {
        LedgerView ledger = web.ledger();
        assertThat(ledger.balanced()).isTrue();
        assertThat(ledger.received()).isEqualTo(received);
        assertThat(ledger.accepted()).isEqualTo(received);
        assertThat(ledger.duplicate()).isEqualTo(received / 10);
        assertThat(ledger.completed()).isEqualTo(received - received / 10);
    }

    @Test
    void whileOneRunsNoOtherBeginsAndNothingIsReplayed() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        HandlerSource waiting =
                (_, _) ->
                        (event, _) -> {
                            gate.await();
                            return event;
                        };
        try (Engine engine = Engine.open(new MemoryStorage(), EAGER, waiting, StageServices.NONE)) {
            assertThat(engine.put("web", FIRST, false)).isInstanceOf(PutOutcome.Created.class);
            Pipeline web = engine.pipeline("web").orElseThrow();
            ingest(web, 0, 50);
            byte[] failing = new String(event(60), UTF_8).replace("60}", "true}").getBytes(UTF_8);
            assertThat(web.ingest(failing, BodyFormat.NDJSON))
                    .isInstanceOf(IngestOutcome.Accepted.class);

            assertThat(change(engine, WITH_HANDLER)).isInstanceOf(PutOutcome.Changed.class);
            await().until(() -> web.metrics().backfill().isPresent());

            String again = WITH_HANDLER.replace("ms: {sum: data.ms}", "ms: {max: data.ms}");
            assertThat(change(engine, again))
                    .isInstanceOfSatisfying(
                            PutOutcome.BackfillRefused.class,
                            refused -> assertThat(refused.underWay()).isTrue());
            ReplayReport held =
                    web.replay(
                            new ReplayRequest(List.of(), LetterFilter.ALL, 10),
                            Duration.ofMillis(100));
            assertThat(held.done()).isFalse();
            await().untilAsserted(() ->
                    assertThat(web.replay(held.id()).orElseThrow().held())
                            .hasValueSatisfying(why -> assertThat(why).contains("backfill")));

            gate.countDown();
            awaitBackfill(web);
            await().until(() -> web.replay(held.id()).orElseThrow().done());
            assertThat(change(engine, again)).isInstanceOf(PutOutcome.Changed.class);
            awaitBackfill(web);
        }
    }

    @Test
    void backfillEndsWithTheAggregatesThatItIsOf() {
        CountDownLatch gate = new CountDownLatch(1);
        HandlerSource waiting =
                (_, _) ->
                        (event, _) -> {
                            gate.await();
                            return event;
                        };
        try (Engine engine = Engine.open(new MemoryStorage(), EAGER, waiting, StageServices.NONE)) {
            assertThat(engine.put("web", FIRST, false)).isInstanceOf(PutOutcome.Created.class);
            Pipeline web = engine.pipeline("web").orElseThrow();
            ingest(web, 0, 50);
            assertThat(change(engine, WITH_HANDLER)).isInstanceOf(PutOutcome.Changed.class);
            await().until(() -> web.metrics().backfill().isPresent());

            assertThat(engine.rollback("web", 1, Optional.empty(), false))
                    .containsInstanceOf(PutOutcome.Changed.class);
            gate.countDown();

            awaitBackfill(web);
            assertThat(web.version().version()).isEqualTo(3);
            assertThat(rows(web, "views")).isEmpty();
            assertThat(rows(web, "there")).isNotEmpty();
        }
    }

    @Test
    void backfillPastTheJournalIsRefused() {
        AtomicLong nowMs = new AtomicLong(1_700_000_000_000L);
        HostClock clock = new SteadyClock(nowMs::get, System::nanoTime);
        try (Engine engine =
                Engine.open(
                        new MemoryStorage(),
                        EAGER,
                        HandlerSource.NONE,
                        StageServices.NONE,
                        clock)) {
            String short1 = FIRST.replace("age: 7d", "age: 2h");
            assertThat(engine.put("web", short1, false)).isInstanceOf(PutOutcome.Created.class);
            Pipeline web = engine.pipeline("web").orElseThrow();
            ingest(web, 0, 5);
            String changed = CHANGED.replace("age: 7d", "age: 2h");
            assertThat(change(engine, changed))
                    .isInstanceOfSatisfying(
                            PutOutcome.BackfillRefused.class,
                            refused -> assertThat(refused.detail()).contains("2h"));

            nowMs.addAndGet(Duration.ofHours(5).toMillis());
            ingest(web, 5, 10);
            web.drain().join();
            web.trim();
            Optional<Duration> twoHours = Optional.of(Duration.ofHours(2));
            assertThat(engine.put("web", changed, SchemaSource.NONE, twoHours, false))
                    .isInstanceOfSatisfying(
                            PutOutcome.BackfillRefused.class,
                            refused -> assertThat(refused.detail()).contains("goes back to"));
            assertThat(web.version().version()).isEqualTo(1);
        }
    }

    @Test
    void planSaysWhatIsBackfilledAndChangesNothing() {
        try (Engine engine = Engine.open(new MemoryStorage(), EAGER)) {
            assertThat(engine.put("web", FIRST, false)).isInstanceOf(PutOutcome.Created.class);
            PutOutcome planned = engine.put("web", CHANGED, SchemaSource.NONE, DAY, true);

            assertThat(planned)
                    .isInstanceOfSatisfying(
                            PutOutcome.Changed.class,
                            changed -> {
                                PlanEntry views = changed.plan().getFirst();
                                assertThat(views.effect()).isEqualTo(PlanEntry.Effect.REBUILT);
                                assertThat(views.detail())
                                        .contains("values changed", "backfilled", "the last 1d");
                                assertThat(changed.plan().getLast().detail())
                                        .doesNotContain("backfilled");
                            });
            assertThat(engine.pipeline("web").orElseThrow().metrics().backfill()).isEmpty();
            assertThat(engine.pipeline("web").orElseThrow().version().version()).isEqualTo(1);
        }
    }

    @Test
    void rollbackMakesANewVersionOfAnOldOne() {
        try (Engine engine = Engine.open(new MemoryStorage(), EAGER)) {
            assertThat(engine.put("web", FIRST, false)).isInstanceOf(PutOutcome.Created.class);
            Pipeline web = engine.pipeline("web").orElseThrow();
            assertThat(engine.put("web", CHANGED, false)).isInstanceOf(PutOutcome.Changed.class);

            assertThat(engine.rollback("web", 7, Optional.empty(), false)).isEmpty();
            assertThat(engine.rollback("web", 2, Optional.empty(), false))
                    .containsInstanceOf(PutOutcome.Same.class);
            assertThat(engine.rollback("web", 1, Optional.empty(), true))
                    .containsInstanceOf(PutOutcome.Changed.class);
            assertThat(web.version().version()).isEqualTo(2);

            assertThat(engine.rollback("web", 1, Optional.empty(), false))
                    .containsInstanceOf(PutOutcome.Changed.class);
            assertThat(web.version().version()).isEqualTo(3);
            assertThat(web.version().definition()).isEqualTo(FIRST);
        }
    }

    @Test
    void rollbackWithABackfillHasTheRowsOfAnAggregateThatWasThereThroughout() {
        try (Engine engine = Engine.open(new MemoryStorage(), EAGER)) {
            assertThat(engine.put("web", FIRST, false)).isInstanceOf(PutOutcome.Created.class);
            Pipeline web = engine.pipeline("web").orElseThrow();
            ingest(web, 0, 100);
            assertThat(change(engine, CHANGED)).isInstanceOf(PutOutcome.Changed.class);
            ingest(web, 100, 200);
            awaitBackfill(web);

            assertThat(engine.rollback("web", 1, DAY, false))
                    .containsInstanceOf(PutOutcome.Changed.class);
            ingest(web, 200, 300);
            awaitBackfill(web);
            web.advance(OptionalLong.empty());

            assertThat(counts(web, "views")).isEqualTo(counts(web, "there"));
            assertThat(counts(web, "there").values().stream().mapToLong(n -> (Long) n).sum())
                    .isEqualTo(270);
            assertBalancedLedger(web, 300);
        }
    }

    private static Map<String, Object> counts(Pipeline web, String aggregate) {
        return web.rows(RowQuery.all(aggregate)).rows().stream()
                .collect(
                        Collectors.toMap(
                                row -> row.windowStartMs() + " " + row.group(),
                                row -> row.values().get("n")));
    }
}
