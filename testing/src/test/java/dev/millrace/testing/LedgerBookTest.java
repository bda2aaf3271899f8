package dev.millrace.testing;

import static dev.millrace.core.ledger.CellKey.MINUTE_MS;
import static dev.millrace.core.ledger.CellKey.WHOLE_MS;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.ledger.Cell;
import dev.millrace.core.ledger.CellKey;
import dev.millrace.core.ledger.LedgerAudit;
import dev.millrace.core.ledger.LedgerBook;
import dev.millrace.core.ledger.LedgerCounts;
import dev.millrace.core.ledger.LedgerRows;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The cells of the ledger as they are stored, and the check of them. */
class LedgerBookTest {
    private static final long NOW_MS = 1_700_000_040_000L;
    private static final long LONG_AGO_MS = NOW_MS - LedgerBook.KEEP.toMillis() - 2 * MINUTE_MS;

    private final PipelineStore store =
            new MemoryStorage().create("web", new PipelineVersion(1, 0, "", Map.of(), Map.of()));
    private LedgerBook book = new LedgerBook(store);
    private final LedgerAudit audit = new LedgerAudit(store);

    private static CellKey at(long receivedAtMs, String source) {
        return CellKey.of(receivedAtMs, source);
    }

    private static Cell completed(long count) {
        return new Cell(0, 0, 0, count, new LedgerCounts(0, 0, 0, 0, count, 0, Map.of()));
    }

    private LedgerBook.Booking commit(Map<CellKey, Cell> admitted, Map<CellKey, Cell> handedOver) {
        LedgerBook.Booking booking = book.book(admitted, List.of(handedOver), NOW_MS);
        store.commit(
                new Commit(
                        new byte[0],
                        booking.rows(),
                        booking.expiries(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Long.MIN_VALUE,
                        List.of()));
        return booking;
    }

    private Map<CellKey, Cell> stored(Optional<String> source, CellKey after) {
        Map<CellKey, Cell> cells = new HashMap<>();
        LedgerRows.minutes(
                store,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                source,
                after,
                (key, cell) -> cells.put(key, cell) == null);
        return cells;
    }

    @Test
    void bothSidesAddUpOverCommitsAndRestarts() {
        commit(Map.of(at(NOW_MS, "a"), Cell.admitted(3, 1)), Map.of());
        book = new LedgerBook(store);
        commit(Map.of(at(NOW_MS, "a"), Cell.admitted(1, 0)), Map.of(at(NOW_MS, "a"), completed(4)));

        Cell sum = Cell.admitted(4, 1).plus(completed(4));
        assertThat(stored(Optional.empty(), null)).isEqualTo(Map.of(at(NOW_MS, "a"), sum));
        assertThat(LedgerRows.whole(store, "a")).isEqualTo(sum);
        assertThat(LedgerRows.whole(store, "b")).isEqualTo(Cell.ZERO);
    }

    @Test
    void oneSourcesMinutesAreFoundAmongOthers() {
        Map<CellKey, Cell> admitted = new HashMap<>();
        for (int minute = 0; minute < 10; minute += 3) {
            for (String source : List.of("a", "b", "c")) {
                admitted.put(at(NOW_MS - minute * MINUTE_MS, source), Cell.admitted(1, 0));
            }
        }
        commit(admitted, Map.of());

        CellKey second = at(NOW_MS - 6 * MINUTE_MS, "b");
        assertThat(stored(Optional.of("b"), null)).hasSize(4).containsKey(second);
        assertThat(stored(Optional.of("b"), second).keySet())
                .containsExactlyInAnyOrder(at(NOW_MS, "b"), at(NOW_MS - 3 * MINUTE_MS, "b"));
        assertThat(stored(Optional.empty(), second)).hasSize(7);
        assertThat(stored(Optional.of("d"), null)).isEmpty();
    }

    @Test
    void sourcesBeyondTheBoundShareACellOnBothSides() {
        Map<CellKey, Cell> admitted = new HashMap<>();
        Map<CellKey, Cell> taken = new HashMap<>();
        List<String> sources = new ArrayList<>();
        for (int i = 0; i < LedgerBook.SOURCES_PER_MINUTE + 20; i++) {
            sources.add("s" + i);
            admitted.put(at(NOW_MS, "s" + i), Cell.admitted(2, 0));
            taken.put(at(NOW_MS, "s" + i), completed(2));
        }
        commit(admitted, Map.of());
        book = new LedgerBook(store);
        LedgerBook.Booking booking = commit(Map.of(), taken);

        Map<CellKey, Cell> cells = stored(Optional.empty(), null);
        assertThat(cells).hasSize(LedgerBook.SOURCES_PER_MINUTE + 1);
        assertThat(cells.get(at(NOW_MS, LedgerBook.OTHERS)))
                .isEqualTo(Cell.admitted(40, 0).plus(completed(40)));
        assertThat(cells.values()).allMatch(Cell::isBalanced);
        assertThat(audit.check(booking, _ -> false)).isEmpty();
        assertThat(sources).allMatch(source -> LedgerRows.whole(store, source).taken() == 2);
    }

    @Test
    void minutesGoOnceTheyAreOldAndStayInTheWhole() {
        Cell old = Cell.admitted(1, 0).plus(new Cell(0, 0, 0, 1, dead(1)));
        store.commit(
                CommitBuilder.commit()
                        .row(LedgerBook.STATE, CellKey.minuteOf(LONG_AGO_MS), "a", "unread")
                        .build());
        commit(
                Map.of(at(LONG_AGO_MS, "a"), old, at(NOW_MS, "a"), Cell.admitted(1, 0)),
                Map.of(at(NOW_MS, "a"), completed(1)));
        assertThat(stored(Optional.empty(), null).keySet()).containsExactly(at(NOW_MS, "a"));

        LedgerBook.Booking replayed =
                commit(
                        Map.of(),
                        Map.of(
                                at(LONG_AGO_MS, "a"),
                                new Cell(
                                        0,
                                        0,
                                        0,
                                        0,
                                        new LedgerCounts(0, 0, -1, 0, 1, 0, Map.of()))));
        assertThat(replayed.cells().keySet()).containsExactly(new CellKey(WHOLE_MS, "a"));
        assertThat(LedgerRows.whole(store, "a")).isEqualTo(Cell.admitted(2, 0).plus(completed(2)));
    }

    private static LedgerCounts dead(long count) {
        return new LedgerCounts(0, 0, count, 0, 0, 0, Map.of());
    }

    @Test
    void cellThatDoesNotBalanceIsFound() {
        LedgerBook.Booking lost =
                commit(
                        Map.of(at(NOW_MS, "a"), Cell.admitted(2, 0)),
                        Map.of(at(NOW_MS, "a"), new Cell(0, 0, 0, 1, LedgerCounts.ZERO)));
        assertThat(audit.check(lost, _ -> true))
                .get()
                .extracting(LedgerAudit.Imbalance::sentence)
                .asString()
                .contains("source 'a'", "accepted 2 + rejected 0", "completed 0 + in flight 1");
    }

    @Test
    void minuteIsLookedAtOnceAllOfItIsProcessed() {
        LedgerBook.Booking first = commit(Map.of(at(NOW_MS, "a"), Cell.admitted(2, 0)), Map.of());
        assertThat(audit.check(first, _ -> true)).isEmpty();
        LedgerBook.Booking half = commit(Map.of(), Map.of(at(NOW_MS, "a"), completed(1)));
        assertThat(audit.check(half, _ -> true)).isEmpty();
        LedgerBook.Booking other =
                commit(Map.of(at(NOW_MS + MINUTE_MS, "b"), Cell.admitted(1, 0)), Map.of());

        assertThat(audit.check(other, minuteMs -> minuteMs > CellKey.minuteOf(NOW_MS)))
                .get()
                .extracting(LedgerAudit.Imbalance::key)
                .isEqualTo(at(NOW_MS, "a"));
    }
}
