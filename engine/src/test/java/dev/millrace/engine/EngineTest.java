package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.Storage;
import dev.millrace.core.port.StorageFullException;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** The host end to end, on a storage in memory. */
class EngineTest {
    private static final String VIEWS =
            """
            pipeline: web
            key: data.visitor
            partitions: 2
            queueLimit: 1000
            stages:
              - {name: fast, filter: "data.ms < 1000"}
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [source], values: {views: count, ms: {sum: data.ms}}}
            """;

    private MemoryStorage storage = new MemoryStorage();
    private Engine engine = Engine.open(storage, EngineOptions.defaults());

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void eventsBecomeRows() {
        Pipeline web = created(VIEWS);

        ingest(web, event("1", "a", 10), event("2", "b", 20), event("3", "a", 5_000));
        web.advance(OptionalLong.empty());

        assertThat(rows(web))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.values()).isEqualTo(Map.of("views", 2L, "ms", 30L));
                    assertThat(row.isFinal()).isTrue();
                });
        assertThat(web.ledger())
                .isEqualTo(new LedgerView(3, 3, 0, 0, 0, 1, 0, 0, 2, 0, Map.of("views", 0L), true));
        assertThat(web.ledger().balanced()).isTrue();
    }

    @Test
    void resentEventsCountOnce() {
        Pipeline web = created(VIEWS);

        ingest(web, event("1", "a", 10), event("2", "b", 20));
        ingest(web, event("1", "a", 10), event("2", "b", 20));
        web.advance(OptionalLong.empty());

        assertThat(rows(web))
                .singleElement()
                .satisfies(row -> assertThat(row.values()).containsEntry("views", 2L));
        assertThat(web.ledger().duplicate()).isEqualTo(2);
    }

    @Test
    void nothingIsLostOrDoubledWhenTheEngineIsAbandonedAndOpenedAgain() {
        Pipeline web = created(VIEWS);
        for (int i = 0; i < 500; i++) {
            ingest(web, event("e" + i, "v" + i % 7, 1));
            if (i % 100 == 50) {
                web = reopened();
                ingest(web, event("e" + i, "v" + i % 7, 1));
            }
        }
        web.advance(OptionalLong.empty());

        assertThat(rows(web))
                .singleElement()
                .satisfies(row -> assertThat(row.values()).containsEntry("views", 500L));
        assertThat(web.ledger().balanced()).isTrue();
        assertThat(web.ledger().duplicate()).isEqualTo(5);
    }

    @Test
    void aFullDiskRefusesWithoutHarmAndPassesByItself() {
        Pipeline web = created(VIEWS);
        ingest(web, event("1", "a", 10));
        storage.full(true);

        assertThat(web.ingest(bytes(event("2", "b", 20)), BodyFormat.NDJSON))
                .isInstanceOf(IngestOutcome.Unavailable.class);
        String changed = VIEWS.replace("data.ms < 1000", "data.ms < 2000");
        assertThatThrownBy(() -> engine.put("web", changed, false))
                .isInstanceOf(StorageFullException.class);
        assertThat(engine.health().ready()).isFalse();
        await().until(() -> web.ledger().completed() == 1);

        storage.full(false);
        assertThat(engine.health().ready()).isTrue();
        ingest(web, event("2", "b", 20));
        assertThat(engine.put("web", changed, false)).isInstanceOf(PutOutcome.Changed.class);
        ingest(web, event("3", "c", 1_500));
        web.advance(OptionalLong.empty());
        assertThat(rows(web))
                .singleElement()
                .satisfies(row -> assertThat(row.values()).containsEntry("views", 3L));
        assertThat(web.ledger().balanced()).isTrue();
    }

    /** Otherwise a start after it would give their offsets away again. */
    @Test
    void noCommitHoldsEventsThatAreNotCountedYet() throws Exception {
        Pipeline web = created(VIEWS.replace("queueLimit: 1000", "queueLimit: 20000"));
        PipelineStore store = storage.pipelines().getFirst();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> sending =
                    clients.submit(() -> {
                        for (int i = 0; i < 20_000; i++) {
                            ingest(web, event("e" + i, "v" + i % 7, 1));
                        }
                    });
            while (!sending.isDone()) {
                int _ = web.discard(List.of(new LetterId(0, 0, 0)));
                Checkpoint commit = Checkpoint.decode(store.checkpoint().orElseThrow());
                assertThat(commit.partitions())
                        .allSatisfy(partition ->
                                assertThat(partition.endOffset())
                                        .isLessThanOrEqualTo(commit.totalsOffset()));
            }
            sending.get();
        }
        assertThat(web.ledger().balanced()).isTrue();
    }

    @Test
    void failedEventsAreReplayedOnceTheDefinitionIsMended() {
        Pipeline web = created(VIEWS.replace("data.ms <", "data.millis <"));
        ingest(web, event("1", "a", 10), event("2", "b", 20));
        await().until(() -> web.ledger().dead() == 2);
        List<DeadLetter> letters = web.letters(LetterFilter.ALL, Optional.empty(), 10).letters();
        assertThat(letters)
                .hasSize(2)
                .allSatisfy(letter -> {
                    assertThat(letter.kind()).isEqualTo(LetterKind.STAGE);
                    assertThat(letter.stage()).isEqualTo("fast");
                    assertThat(letter.code()).isEqualTo("no-such-field");
                });

        assertThat(engine.put("web", VIEWS, false)).isInstanceOf(PutOutcome.Changed.class);
        ReplayReport report =
                web.replay(
                        new ReplayRequest(List.of(), LetterFilter.ALL, 100),
                        Duration.ofSeconds(20));
        web.advance(OptionalLong.empty());

        assertThat(report.done()).isTrue();
        assertThat(report.replayed()).isEqualTo(2);
        assertThat(rows(web))
                .singleElement()
                .satisfies(row -> assertThat(row.values()).containsEntry("views", 2L));
        assertThat(web.letters(LetterFilter.ALL, Optional.empty(), 10).letters()).isEmpty();
        assertThat(web.ledger())
                .isEqualTo(new LedgerView(2, 2, 0, 0, 0, 0, 0, 0, 2, 0, Map.of("views", 0L), true));
    }

    @Test
    void rejectedEventsAreLettersAtOnce() {
        Pipeline web = created(VIEWS);

        IngestOutcome outcome =
                web.ingest(bytes("[{\"id\":1}," + event("2", "a", 3) + "]"), BodyFormat.JSON);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        IngestOutcome.Accepted.class,
                        accepted -> {
                            assertThat(accepted.accepted()).isEqualTo(1);
                            assertThat(accepted.rejected()).isEqualTo(1);
                        });
        assertThat(web.letters(LetterFilter.ALL, Optional.empty(), 10).letters())
                .singleElement()
                .satisfies(letter ->
                        assertThat(new String(letter.original(), UTF_8)).isEqualTo("{\"id\":1}"));
        await().until(() -> web.ledger().inFlight() == 0);
        assertThat(web.ledger().balanced()).isTrue();
    }

    @Test
    void aBatchThatDoesNotFitIsRefusedWhole() {
        Pipeline web = created(VIEWS.replace("queueLimit: 1000", "queueLimit: 2"));

        IngestOutcome outcome =
                web.ingest(
                        bytes(
                                event("1", "a", 1)
                                        + "\n"
                                        + event("2", "a", 1)
                                        + "\n"
                                        + event("3", "a", 1)),
                        BodyFormat.NDJSON);

        assertThat(outcome).isInstanceOf(IngestOutcome.TooLarge.class);
        assertThat(web.ledger().received()).isZero();
    }

    @Test
    void aPipelineThatWasCreatedAndNeverCommittedOpens() {
        storage.create("web", new PipelineVersion(1, 0, VIEWS, Map.of(), Map.of("views", 1)));

        Pipeline web = reopened();
        ingest(web, event("1", "a", 10));
        web.advance(OptionalLong.empty());

        assertThat(web.partitions()).isEqualTo(2);
        assertThat(rows(web)).hasSize(1);
    }

    @Test
    void orderedPagesHoldEveryRowOnceThoughMostAreEqual() {
        Pipeline web = created(VIEWS.replace("by: [source]", "by: [data.visitor]"));
        for (int i = 0; i < 500; i++) {
            ingest(web, event("e" + i, "v" + i % 90, i % 90 < 3 ? 100 : 1));
        }
        web.advance(OptionalLong.empty());

        List<Row> paged = new ArrayList<>();
        Optional<String> after = Optional.empty();
        do {
            RowPage page = web.rows(query(false, Optional.of("-ms"), 7, after));
            assertThat(page.rows()).hasSizeLessThanOrEqualTo(7);
            paged.addAll(page.rows());
            after = page.next();
        } while (after.isPresent());

        assertThat(paged).hasSize(90).doesNotHaveDuplicates();
        assertThat(paged)
                .extracting(row -> (Long) row.values().get("ms"))
                .isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void aClientWithAFastClockDoesNotMakeItsWindowTheCurrentOne() {
        Pipeline web = created(VIEWS);
        long nowMs = System.currentTimeMillis();
        ingest(web, at(event("1", "a", 10), nowMs), at(event("2", "a", 10), nowMs + 240_000));
        await().until(() -> rows(web).size() == 2);

        assertThat(web.rows(query(true, Optional.empty(), 10, Optional.empty())).rows())
                .singleElement()
                .satisfies(row -> assertThat(row.windowStartMs()).isLessThanOrEqualTo(nowMs));
    }

    @Test
    void windowsCloseInSilence() {
        Pipeline web =
                created(
                        VIEWS.replace("tumbling: 1m", "tumbling: 100ms")
                                .replace("partitions: 2", "partitions: 2\noutOfOrder: 0s"));

        ingest(web, event("1", "a", 10));

        await().until(() -> rows(web).stream().anyMatch(Row::isFinal));
    }

    @Test
    void windowsCloseWhileHistoryAndDuplicatesComeIn() throws Exception {
        Pipeline web =
                created(
                        VIEWS.replace("tumbling: 1m", "tumbling: 100ms")
                                .replace("partitions: 2", "partitions: 2\noutOfOrder: 0s"));
        String live = event("1", "a", 10);
        ingest(web, live);
        AtomicBoolean closed = new AtomicBoolean();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> loading =
                    clients.submit(() -> {
                        for (int i = 0; !closed.get(); i++) {
                            byte[] old =
                                    bytes(at(event("old" + i, "v" + i, 10), 1_699_000_000_000L));
                            var _ = web.ingestHistory(old, old.length, BodyFormat.NDJSON);
                            var _ = web.ingest(bytes(live), BodyFormat.NDJSON);
                        }
                    });
            try {
                await().until(() ->
                        rows(web).stream()
                                .filter(row -> row.windowStartMs() == 1_700_000_000_000L)
                                .anyMatch(Row::isFinal));
            } finally {
                closed.set(true);
            }
            loading.get();
        }
    }

    private Pipeline created(String definition) {
        assertThat(engine.put("web", definition, false)).isInstanceOf(PutOutcome.Created.class);
        return engine.pipeline("web").orElseThrow();
    }

    /** What a process that is killed leaves behind, opened again. */
    private Pipeline reopened() {
        MemoryStorage left = storage.reopened();
        engine.close();
        storage = left;
        engine = Engine.open((Storage) storage, EngineOptions.defaults());
        return engine.pipeline("web").orElseThrow();
    }

    private static void ingest(Pipeline pipeline, String... events) {
        assertThat(pipeline.ingest(bytes(String.join("\n", events)), BodyFormat.NDJSON))
                .isInstanceOfSatisfying(
                        IngestOutcome.Accepted.class,
                        accepted -> assertThat(accepted.accepted()).isEqualTo(events.length));
    }

    private static List<Row> rows(Pipeline pipeline) {
        return new ArrayList<>(pipeline.rows(RowQuery.all("views")).rows());
    }

    private static RowQuery query(
            boolean latest, Optional<String> order, int limit, Optional<String> after) {
        return new RowQuery(
                "views",
                OptionalLong.empty(),
                OptionalLong.empty(),
                Map.of(),
                latest,
                Optional.empty(),
                order,
                limit,
                after);
    }

    private static String at(String event, long timestampMs) {
        return event.replace("1700000000000", String.valueOf(timestampMs));
    }

    private static String event(String id, String visitor, int ms) {
        return "{\"id\":\"%s\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":1700000000000,\"data\":{\"visitor\":\"%s\",\"ms\":%d}}"
                .formatted(id, visitor, ms);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
