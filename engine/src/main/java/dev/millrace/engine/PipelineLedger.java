package dev.millrace.engine;

import dev.millrace.core.ledger.Cell;
import dev.millrace.core.ledger.CellKey;
import dev.millrace.core.ledger.LedgerAudit;
import dev.millrace.core.ledger.LedgerBook;
import dev.millrace.core.ledger.LedgerCounts;
import dev.millrace.core.ledger.LedgerRows;
import dev.millrace.core.port.WindowRows;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.Handover;
import dev.millrace.core.task.PartitionState;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One pipeline's ledger: brings both sides into a commit, and checks after each that they balance,
 * for the pipeline, for every source and minute that the commit changed, and that what the cells
 * changed by is what the pipeline's counts changed by.
 *
 * <p>The first imbalance is told until the process ends, even if later numbers happen to make up
 * for it: something was lost or counted twice, and no later count says that it was not. Events are
 * taken all the same. Booking and checking belong to the one commit that is being made; the rest is
 * safe for use by many threads.
 */
final class PipelineLedger {
    private final String pipeline;
    private final WindowRows stored;
    private final AdmissionLedger admission;
    private final LedgerBook book;
    private final LedgerAudit audit;
    private volatile Optional<String> imbalance = Optional.empty();

    /** What one commit writes of the ledger. */
    record Entry(AdmissionLedger.Counted counted, LedgerBook.Booking booking, Cell change) {
        Totals totals() {
            return counted.totals();
        }
    }

    /**
     * @param committed as of the last commit
     */
    PipelineLedger(String pipeline, WindowRows stored, Checkpoint committed) {
        this.pipeline = pipeline;
        this.stored = stored;
        this.admission = new AdmissionLedger(totals(committed), committed.neededFrom());
        this.book = new LedgerBook(stored);
        this.audit = new LedgerAudit(stored);
    }

    private static Totals totals(Checkpoint committed) {
        return new Totals(
                committed.totalsOffset(),
                committed.received(),
                committed.rejected(),
                committed.partitions().stream().mapToLong(PartitionState::eventsTaken).toArray());
    }

    AdmissionLedger admission() {
        return admission;
    }

    /** Why the ledger cannot be believed, in one sentence; empty while it balances. */
    Optional<String> imbalance() {
        return imbalance;
    }

    /** Books what was counted since the last commit. */
    Entry book(List<Handover> handovers, long nowMs) {
        AdmissionLedger.Counted counted = admission.take();
        List<Map<CellKey, Cell>> handedOver = handovers.stream().map(Handover::ledger).toList();
        Cell change =
                handedOver.stream()
                        .map(Map::values)
                        .flatMap(Collection::stream)
                        .reduce(sum(counted.cells().values()), Cell::plus);
        return new Entry(counted, book.book(counted.cells(), handedOver, nowMs), change);
    }

    private static Cell sum(Collection<Cell> cells) {
        return cells.stream().reduce(Cell.ZERO, Cell::plus);
    }

    /** Checks a commit once it is written. */
    void check(Entry entry, Checkpoint before, Checkpoint now) {
        Cell whole = whole(entry.totals(), now.partitions());
        if (entry.counted().isWhole() && !whole.isBalanced()) {
            tell("of the whole pipeline, " + whole.sentence());
        }
        if (!addsUp(entry.change(), before, now)) {
            tell(
                    "what its sources changed by, %s, is not what the pipeline changed by"
                            .formatted(entry.change()));
        }
        audit.check(entry.booking(), admission.inFlight(now.neededFrom()))
                .ifPresent(found -> tell(found.sentence()));
    }

    /** The checkpoint's counts are kept apart from the cells. */
    private static boolean addsUp(Cell change, Checkpoint before, Checkpoint now) {
        return change.received() == now.received() - before.received()
                && change.rejected() == now.rejected() - before.rejected()
                && change.taken() == taken(now.partitions()) - taken(before.partitions());
    }

    private void tell(String numbers) {
        if (imbalance.isEmpty()) {
            String sentence =
                    "the ledger of pipeline %s does not balance: %s".formatted(pipeline, numbers);
            // Logged first: who finds the process unhealthy finds the reason in its log.
            System.getLogger(PipelineLedger.class.getName())
                    .log(System.Logger.Level.ERROR, sentence);
            imbalance = Optional.of(sentence);
        }
    }

    private static Cell whole(Totals totals, List<PartitionState> partitions) {
        LedgerCounts counts =
                partitions.stream()
                        .map(PartitionState::counts)
                        .reduce(LedgerCounts.ZERO, LedgerCounts::plus);
        return new Cell(
                totals.received(), totals.accepted(), totals.rejected(), taken(partitions), counts);
    }

    private static long taken(List<PartitionState> partitions) {
        return partitions.stream().mapToLong(PartitionState::eventsTaken).sum();
    }

    /**
     * The whole pipeline's ledger: what is counted at admission by now, and the outcomes of a
     * checkpoint, which was read before: what it settles was appended before.
     */
    LedgerView view(List<PartitionState> partitions, Collection<String> aggregates) {
        Cell whole = whole(admission.totals(), partitions);
        return LedgerView.of(whole, imbalance.isEmpty(), aggregates);
    }

    /** One source's ledger since the pipeline exists, as of the last commit. */
    LedgerView view(String source, Collection<String> aggregates) {
        return LedgerView.of(LedgerRows.whole(stored, source), imbalance.isEmpty(), aggregates);
    }

    /** A page of cells, by minute, then source. */
    LedgerPage minutes(LedgerQuery query, Collection<String> aggregates) {
        List<LedgerPage.Minute> page = new ArrayList<>();
        boolean[] more = new boolean[1];
        LedgerRows.minutes(
                stored,
                query.fromMs(),
                query.toMs(),
                query.source(),
                query.after().orElse(null),
                (key, cell) -> {
                    more[0] = page.size() == query.limit();
                    return !more[0]
                            && page.add(
                                    new LedgerPage.Minute(
                                            key, LedgerView.of(cell, true, aggregates)));
                });
        return new LedgerPage(page, more[0] ? Optional.of(page.getLast().key()) : Optional.empty());
    }
}
