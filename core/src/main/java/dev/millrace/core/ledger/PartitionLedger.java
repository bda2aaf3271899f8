package dev.millrace.core.ledger;

import dev.millrace.core.event.EventBatch;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * One partition's side of the ledger: books what becomes of each event in the cell of its source
 * and of the minute in which it was received, a letter's event included, however much later.
 *
 * <p>Per event this is a look at the number of its source in the batch and two additions; a cell is
 * looked up once a batch and source. Confined to its thread.
 */
public final class PartitionLedger {
    /** What a cell takes, with its key. */
    private static final int CELL_BYTES = 512;

    private final Map<CellKey, Tally> cells = new HashMap<>();
    private LedgerCounts total;

    /** By the number of a source in the batch at hand; null where it was not asked for yet. */
    private @Nullable Tally[] ofBatch = new Tally[16];

    /** That of the event at hand. */
    private Tally cell = new Tally(CellKey.of(0, ""));

    private long receivedAtMs;

    /**
     * @param total what became of the events taken before
     */
    public PartitionLedger(LedgerCounts total) {
        this.total = total;
    }

    /** The events of a batch are next. */
    public void begin(EventBatch next) {
        receivedAtMs = next.receivedAtMs();
        if (ofBatch.length < next.sources()) {
            ofBatch = new Tally[2 * next.sources()];
        }
        Arrays.fill(ofBatch, 0, next.sources(), null);
    }

    /** Takes up an event of that batch: what is booked from here on is of it. */
    public void take(EventBatch from, int index) {
        int source = from.sourceNumber(index);
        Tally known = ofBatch[source];
        cell = known == null ? enter(from, source) : known;
        cell.taken++;
    }

    private Tally enter(EventBatch from, int source) {
        Tally found = cell(CellKey.of(from.receivedAtMs(), from.source(source)));
        ofBatch[source] = found;
        return found;
    }

    /** Goes back to an event that was taken before, whose letter is replayed or discarded. */
    public void resume(long eventReceivedAtMs, String source) {
        receivedAtMs = eventReceivedAtMs;
        cell = cell(CellKey.of(eventReceivedAtMs, source));
    }

    private Tally cell(CellKey key) {
        return cells.computeIfAbsent(key, Tally::new);
    }

    /** The source of the event at hand, as it came in. */
    public String source() {
        return cell.key.source();
    }

    /** When the event at hand was received. */
    public long receivedAtMs() {
        return receivedAtMs;
    }

    public void duplicate() {
        cell.duplicate++;
    }

    public void filtered() {
        cell.filtered++;
    }

    public void completed() {
        cell.completed++;
    }

    /**
     * @param parts that one event became, 1 or more
     */
    public void exploded(int parts) {
        cell.exploded += parts - 1;
    }

    /** A stage letter is written. */
    public void dead() {
        cell.dead++;
    }

    /** A stage letter is gone, as its event went on. */
    public void replayed() {
        cell.dead--;
    }

    /** A stage letter is deleted. */
    public void discarded() {
        cell.dead--;
        cell.discarded++;
    }

    public void late(String aggregate) {
        cell.late(aggregate);
    }

    /** What is booked of the cell at hand, to go back to. */
    public LedgerCounts mark() {
        return cell.counts();
    }

    /** Undoes what was booked since the mark; the event at hand is the same. */
    public void reset(LedgerCounts mark) {
        cell.reset(mark);
    }

    /** What was booked since the last call; those counts are in {@link #total} from now on. */
    public Map<CellKey, Cell> takeCells() {
        Map<CellKey, Cell> taken = HashMap.newHashMap(cells.size());
        cells.forEach((key, tally) -> {
            Cell change = tally.cell();
            if (!change.equals(Cell.ZERO)) {
                taken.put(key, change);
                total = total.plus(change.outcomes());
            }
        });
        cells.clear();
        return taken;
    }

    /** About how much heap it takes what was booked since the last {@link #takeCells}. */
    public long bytes() {
        return (long) CELL_BYTES * cells.size();
    }

    /** What became of all events, as of the last {@link #takeCells}. */
    public LedgerCounts total() {
        return total;
    }
}
