package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.ledger.Cell;
import dev.millrace.core.ledger.CellKey;
import dev.millrace.core.ledger.LedgerBook;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Recovery that is itself interrupted, again and again, while it commits on the way. */
class RecoveryTest {
    private static final String DEFINITION =
            """
            pipeline: web
            partitions: 3
            stages:
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [source], values: {views: count}}
            """;

    /** A queue of a few bytes and a commit at each beat: catching up commits between records. */
    private static final EngineOptions EAGER =
            new EngineOptions(
                    2, Duration.ofNanos(1), 200, Duration.ofSeconds(20), LetterBudget.DEFAULT);

    private static final int EVENTS = 400;

    @Test
    void eventsAreCountedOnceThoughRecoveryIsCutShort() {
        MemoryStorage left = withJournalOnly();

        // Each start gets as far as its storage lets it, which is one write further every time.
        for (int writes = 1; writes < 40; writes++) {
            left.failWrite(writes, MemoryStorage.Fault.NOT_WRITTEN);
            try (Engine cutShort = Engine.open(left, EAGER)) {
                assertThat(cutShort.pipelines()).hasSize(1);
            } catch (RuntimeException failedWrite) {
                assertThat(failedWrite).isNotNull();
            }
            left = left.reopened();
        }

        assertThat(counted(left)).isEqualTo(EVENTS);
    }

    @Test
    void aStartThatCommitsOnItsWayFindsTheLedgerBalanced() {
        try (Engine engine = Engine.open(withJournalOnly(), EAGER)) {
            Pipeline web = engine.pipeline("web").orElseThrow();
            assertThat(web.metrics().commits()).isGreaterThan(1);
            assertThat(engine.health().ready()).isTrue();
            assertThat(web.ledger().balanced()).isTrue();
        }
    }

    /**
     * What a crash leaves whose last commit counted all that was accepted, but found no partition
     * that had worked.
     */
    private static MemoryStorage withJournalOnly() {
        MemoryStorage storage = new MemoryStorage();
        Engine engine = StandingClock.open(storage);
        assertThat(engine.put("web", DEFINITION, false)).isInstanceOf(PutOutcome.Created.class);
        Pipeline web = engine.pipeline("web").orElseThrow();
        for (int i = 0; i < EVENTS; i++) {
            assertThat(web.ingest(event(i), BodyFormat.NDJSON))
                    .isInstanceOf(IngestOutcome.Accepted.class);
        }
        MemoryStorage left = storage.reopened();
        engine.close();
        Checkpoint nothingTaken = Checkpoint.initial(1, 3);
        Checkpoint allAccepted =
                new Checkpoint(
                        2,
                        Long.MIN_VALUE,
                        EVENTS,
                        EVENTS,
                        0,
                        nothingTaken.partitions(),
                        Map.of(),
                        Optional.empty());
        PipelineStore store = left.pipelines().getFirst();
        store.commit(
                new Commit(
                        allAccepted.encode(),
                        new LedgerBook(store).book(accepted(store), List.of(), 0).rows(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Long.MIN_VALUE,
                        List.of()));
        return left;
    }

    /** What admission counts of the journal, one event a record. */
    private static Map<CellKey, Cell> accepted(PipelineStore store) {
        Map<CellKey, Cell> cells = new HashMap<>();
        store.readJournal(
                0,
                (offset, record) -> {
                    long receivedAtMs = JournalCodec.decode(offset, record).receivedAtMs();
                    cells.merge(CellKey.of(receivedAtMs, "s"), Cell.admitted(1, 0), Cell::plus);
                    return true;
                });
        return cells;
    }

    private static long counted(MemoryStorage storage) {
        try (Engine engine = Engine.open(storage, EngineOptions.defaults())) {
            Pipeline web = engine.pipeline("web").orElseThrow();
            web.advance(OptionalLong.empty());
            assertThat(web.ledger().balanced()).isTrue();
            RowQuery all = RowQuery.all("views");
            return web.rows(all).rows().stream()
                    .mapToLong(row -> (Long) row.values().get("views"))
                    .sum();
        }
    }

    private static byte[] event(int i) {
        return "{\"id\":\"e%d\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":%d}"
                .formatted(i, 1_700_000_000_000L + i)
                .getBytes(UTF_8);
    }
}
