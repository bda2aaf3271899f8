package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.ledger.Cell;
import dev.millrace.core.ledger.CellKey;
import dev.millrace.core.ledger.LedgerBook;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * The ledger by source and minute in a host, through crashes, and what is told where it is wrong.
 */
class LedgerTest {
    private static final String DEFINITION =
            """
            pipeline: web
            key: data.visitor
            partitions: 2
            stages:
              - {name: fast, filter: "data.ms < 1000"}
              - name: views
                aggregate: {window: {tumbling: 1m}, values: {views: count}}
            """;

    private MemoryStorage storage = new MemoryStorage();
    private Engine engine = Engine.open(storage, EngineOptions.defaults());

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void everySourceHasItsOwn() {
        Pipeline web = created();
        ingest(web, event("1", "a", 10), event("2", "a", 5_000), event("3", "b", 10));
        ingest(web, event("3", "b", 10), "{\"id\":4,\"source\":\"b\"}", "no JSON");
        await().until(() -> web.ledger("b").received() == 3 && web.ledger().inFlight() == 0);

        Map<String, Long> none = Map.of("views", 0L);
        assertThat(web.ledger("a"))
                .isEqualTo(new LedgerView(2, 2, 0, 0, 0, 1, 0, 0, 1, 0, none, true));
        assertThat(web.ledger("b"))
                .isEqualTo(new LedgerView(3, 2, 1, 0, 1, 0, 0, 0, 1, 0, none, true));
        assertThat(web.ledger(""))
                .isEqualTo(new LedgerView(1, 0, 1, 0, 0, 0, 0, 0, 0, 0, none, true));
        assertThat(web.ledger("c"))
                .isEqualTo(new LedgerView(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, none, true));
    }

    @Test
    void pagesHoldEveryMinuteAndSourceOnce() {
        Pipeline web = created();
        for (int i = 0; i < 20; i++) {
            ingest(web, event("e" + i, "s" + i % 7, 1));
        }
        await().until(() -> web.ledger().inFlight() == 0);

        List<CellKey> paged = new ArrayList<>();
        long completed = 0;
        Optional<CellKey> after = Optional.empty();
        do {
            LedgerPage page = web.ledgerMinutes(query(Optional.empty(), 3, after));
            assertThat(page.minutes()).hasSizeLessThanOrEqualTo(3);
            for (LedgerPage.Minute minute : page.minutes()) {
                paged.add(minute.key());
                completed += minute.counts().completed();
                assertThat(minute.counts().balanced()).isTrue();
            }
            after = page.next();
        } while (after.isPresent());

        assertThat(paged).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(7);
        assertThat(completed).isEqualTo(20);
    }

    @Test
    void nothingIsCountedTwiceWhereverItCrashes() {
        Pipeline web = created();
        for (int i = 0; i < 200; i++) {
            ingest(web, event("e" + i, "s" + i % 3, 1), "{\"source\":\"s%d\"}".formatted(i % 3));
            if (i % 20 == 10) {
                web = reopened(EngineOptions.defaults());
            }
        }
        Pipeline last = web;
        await().until(() -> last.ledger().inFlight() == 0);
        await().until(() -> sum(last, LedgerView::received) == 400);

        assertThat(last.ledger().balanced()).isTrue();
        assertThat(engine.health().ready()).isTrue();
        assertThat(last.ledger("s0"))
                .isEqualTo(
                        new LedgerView(
                                134, 67, 67, 0, 0, 0, 0, 0, 67, 0, Map.of("views", 0L), true));
        assertThat(sum(last, LedgerView::completed)).isEqualTo(200);
    }

    /** The journal does not say of whom a rejected event was; the letters beside it do. */
    @Test
    void rejectedEventsKeepTheirSourceThroughACrashBeforeTheFirstCommit() {
        engine.close();
        engine = StandingClock.open(storage);
        Pipeline web = created();
        ingest(web, "{\"source\":\"a\"}", event("1", "b", 1), "no JSON");
        ingest(web, "{\"source\":\"a\"}", "{\"source\":\"c\"}");

        Pipeline again = reopened(EngineOptions.defaults());

        assertThat(again.ledger("a").rejected()).isEqualTo(2);
        assertThat(again.ledger("b").rejected()).isZero();
        assertThat(again.ledger("c").rejected()).isEqualTo(1);
        assertThat(again.ledger("").rejected()).isEqualTo(1);
        assertThat(again.ledger().balanced()).isTrue();
    }

    /** It leaves the count of those that were rejected, and is received where it is accepted. */
    @Test
    void eventThatIsReadmittedMovesFromRejectedToAccepted() {
        Pipeline web = created();
        ingest(web, "{\"id\":\"1\",\"source\":\"a\"}", "{\"id\":\"2\",\"timestamp\":0}", "7");
        await().until(() -> web.ledger("a").rejected() == 1);
        ReplayReport report =
                web.replay(
                        new ReplayRequest(
                                List.of(),
                                LetterFilter.ALL,
                                10,
                                "{\"type\":\"t\",\"source\":\"b\",\"timestamp\":1700000000000,\"data\":{\"ms\":1}}"
                                        .getBytes(UTF_8),
                                OptionalDouble.empty()),
                        Duration.ofSeconds(20));
        assertThat(report.replayed()).isEqualTo(2);
        Pipeline again = reopened(EngineOptions.defaults());

        await().until(() -> again.ledger("b").completed() == 2);
        Map<String, Long> none = Map.of("views", 0L);
        assertThat(again.ledger("a"))
                .isEqualTo(new LedgerView(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, none, true));
        assertThat(again.ledger(""))
                .isEqualTo(new LedgerView(1, 0, 1, 0, 0, 0, 0, 0, 0, 0, none, true));
        assertThat(again.ledger("b"))
                .isEqualTo(new LedgerView(2, 2, 0, 0, 0, 0, 0, 0, 2, 0, none, true));
        assertThat(again.ledger())
                .isEqualTo(new LedgerView(3, 2, 1, 0, 0, 0, 0, 0, 2, 0, none, true));
        assertThat(engine.health().ready()).isTrue();
    }

    @Test
    void countThatIsLostInACheckpointIsToldUntilARestart() {
        Pipeline web = created();
        ingest(web, event("1", "a", 10), event("2", "a", 10));
        await().until(() -> web.ledger().inFlight() == 0);
        MemoryStorage left = storage.reopened();
        engine.close();
        PipelineStore store = left.pipelines().getFirst();
        Checkpoint good = Checkpoint.decode(store.checkpoint().orElseThrow());
        write(
                store,
                new Checkpoint(
                        good.revision(),
                        good.watermarkMs(),
                        good.totalsOffset(),
                        good.received() + 1,
                        good.rejected(),
                        good.partitions(),
                        good.sessions(),
                        good.backfill()),
                List.of());

        List<String> errors =
                errorsWhile(() -> engine = Engine.open(left, EngineOptions.defaults()));

        assertThat(errors)
                .singleElement()
                .asString()
                .contains("pipeline web does not balance", "received 3", "accepted 2 + rejected 0");
        assertUnbalanced(engine.pipeline("web").orElseThrow());
    }

    @Test
    void cellOfAMinuteThatIsWrongIsToldWithItsSourceAndMinute() {
        Pipeline web = created();
        ingest(web, event("1", "a", 10), event("2", "b", 10));
        await().until(() -> web.ledger().inFlight() == 0);
        CellKey broken =
                web.ledgerMinutes(query(Optional.of("a"), 1, Optional.empty()))
                        .minutes()
                        .getFirst()
                        .key();
        MemoryStorage left = storage.reopened();
        engine.close();
        PipelineStore store = left.pipelines().getFirst();
        write(
                store,
                Checkpoint.decode(store.checkpoint().orElseThrow()),
                new LedgerBook(store)
                        .book(
                                Map.of(broken, new Cell(0, 1, 0, 0, Cell.ZERO.outcomes())),
                                List.of(),
                                broken.minuteMs())
                        .rows());
        engine = StandingClock.open(left);
        Pipeline again = engine.pipeline("web").orElseThrow();
        assertThat(engine.health().ready()).isTrue();

        List<String> errors =
                errorsWhile(() -> {
                    ingest(again, event("3", "b", 10));
                    again.drain().join();
                    assertThat(again.ledger("b").completed()).isEqualTo(2);
                    assertThat(engine.health().ready()).isTrue();
                    ingest(again, event("4", "a", 10));
                    again.drain().join();
                    assertThat(engine.health().ready()).isFalse();
                });

        assertThat(errors)
                .singleElement()
                .asString()
                .contains("pipeline web does not balance", "source 'a'", "rejected 0");
        assertUnbalanced(again);
        assertThat(again.ledger("a").accepted()).isEqualTo(3);
    }

    /** Events are taken all the same. */
    private void assertUnbalanced(Pipeline pipeline) {
        assertThat(pipeline.ledger().balanced()).isFalse();
        assertThat(pipeline.ledger("a").balanced()).isFalse();
        assertThat(engine.health().ready()).isFalse();
        assertThat(engine.health().trouble()).isEmpty();
        assertThat(engine.health().imbalance()).get().asString().contains("web");
        ingest(pipeline, event("more", "a", 10));
    }

    private static List<String> errorsWhile(Runnable work) {
        List<String> messages = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger(PipelineLedger.class.getName());
        Handler handler =
                new Handler() {
                    @Override
                    public void publish(LogRecord message) {
                        messages.add(message.getLevel() + ": " + message.getMessage());
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        logger.addHandler(handler);
        try {
            work.run();
        } finally {
            logger.removeHandler(handler);
        }
        return messages;
    }

    private static void write(
            PipelineStore store, Checkpoint checkpoint, List<Commit.RowChange> rows) {
        store.commit(
                new Commit(
                        checkpoint.encode(),
                        rows,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Long.MIN_VALUE,
                        List.of()));
    }

    private static long sum(Pipeline pipeline, ToLongFunction<LedgerView> count) {
        return pipeline
                .ledgerMinutes(query(Optional.empty(), 1_000, Optional.empty()))
                .minutes()
                .stream()
                .mapToLong(minute -> count.applyAsLong(minute.counts()))
                .sum();
    }

    private static LedgerQuery query(Optional<String> source, int limit, Optional<CellKey> after) {
        return new LedgerQuery(Long.MIN_VALUE, Long.MAX_VALUE, source, limit, after);
    }

    private Pipeline created() {
        assertThat(engine.put("web", DEFINITION, false)).isInstanceOf(PutOutcome.Created.class);
        return engine.pipeline("web").orElseThrow();
    }

    /** What a process that is killed leaves behind, opened again. */
    private Pipeline reopened(EngineOptions options) {
        MemoryStorage left = storage.reopened();
        engine.close();
        storage = left;
        engine = Engine.open(storage, options);
        return engine.pipeline("web").orElseThrow();
    }

    private static void ingest(Pipeline pipeline, String... lines) {
        assertThat(pipeline.ingest(String.join("\n", lines).getBytes(UTF_8), BodyFormat.NDJSON))
                .isInstanceOf(IngestOutcome.Accepted.class);
    }

    private static String event(String id, String source, int ms) {
        return "{\"id\":\"%s\",\"type\":\"t\",\"source\":\"%s\",\"timestamp\":1700000000000,\"data\":{\"visitor\":\"%s\",\"ms\":%d}}"
                .formatted(id, source, id, ms);
    }
}
