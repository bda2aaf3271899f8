package dev.millrace.engine;

import dev.millrace.core.event.EventBatch;
import dev.millrace.core.ledger.Cell;
import dev.millrace.core.ledger.CellKey;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Admission's side of one pipeline's ledger: counts what the journal holds, in all, by partition,
 * and by source and minute. One thread counts, as records are published or recovered; commits take
 * what was counted. Safe for use by many threads.
 */
final class AdmissionLedger {
    private volatile Totals totals;
    private Map<CellKey, Cell> cells = new HashMap<>();
    private volatile boolean hasCounted;

    /** By minute of receipt, the offset behind its last record that partitions may have to take. */
    private final Map<Long, Long> endOffsets = new HashMap<>();

    private final long committedOffset;
    private long readOffset;

    /**
     * What was counted, as of one moment.
     *
     * @param cells since the last taking
     * @param isWhole false while recovery has yet to read records that the last commit counted: by
     *     partition, and as in flight, they are counted as they are read
     */
    record Counted(Totals totals, Map<CellKey, Cell> cells, boolean isWhole) {}

    /**
     * @param totals as of the last commit
     * @param neededFrom the offset from which on recovery reads the journal
     */
    AdmissionLedger(Totals totals, long neededFrom) {
        this.totals = totals;
        this.committedOffset = totals.endOffset();
        this.readOffset = neededFrom;
    }

    Totals totals() {
        return totals;
    }

    /** Whether there is something for a commit, if only events that were all rejected. */
    boolean hasCounted() {
        return hasCounted;
    }

    /**
     * Counts a record of events, but for what the last commit before the start has counted.
     *
     * @param rejected what it counts besides those that are accepted
     * @param perPartition events for each, but for those that it took before that commit
     */
    synchronized void count(
            EventBatch batch, Map<CellKey, Cell> rejected, int[] perPartition, long endOffset) {
        readOffset = endOffset;
        boolean counted = isCounted(endOffset);
        Cell sum = sum(rejected);
        if (!counted) {
            hasCounted = true;
            add(batch);
            rejected.forEach(this::add);
        }
        endOffsets.merge(CellKey.minuteOf(batch.receivedAtMs()), endOffset, Math::max);
        totals =
                totals.plus(
                        endOffset,
                        counted ? 0 : batch.size() + (int) sum.received(),
                        counted ? 0 : (int) sum.rejected(),
                        perPartition);
    }

    private static Cell sum(Map<CellKey, Cell> cells) {
        Cell sum = Cell.ZERO;
        for (Cell cell : cells.values()) {
            sum = sum.plus(cell);
        }
        return sum;
    }

    /** Whether the last commit before the start has counted what a record brought. */
    boolean isCounted(long endOffset) {
        return endOffset <= totals.endOffset();
    }

    /** A record without events. */
    synchronized void countNone(long endOffset) {
        readOffset = endOffset;
        totals = totals.plus(endOffset, 0, 0, new int[0]);
    }

    private void add(EventBatch batch) {
        int[] accepted = new int[batch.sources()];
        for (int i = 0; i < batch.size(); i++) {
            accepted[batch.sourceNumber(i)]++;
        }
        for (int source = 0; source < accepted.length; source++) {
            CellKey key = CellKey.of(batch.receivedAtMs(), batch.source(source));
            add(key, Cell.admitted(accepted[source], 0));
        }
    }

    private void add(CellKey key, Cell admitted) {
        cells.merge(key, admitted, Cell::plus);
    }

    /** Takes the cells for a commit. */
    synchronized Counted take() {
        Map<CellKey, Cell> taken = cells;
        cells = new HashMap<>();
        hasCounted = false;
        return new Counted(totals, taken, isWhole());
    }

    private boolean isWhole() {
        return readOffset >= committedOffset;
    }

    /**
     * Of which minutes records may wait for a partition; {@link CellKey#WHOLE_MS} stands for any.
     *
     * @param takenOffset every partition has taken all before it
     */
    synchronized LongPredicate inFlight(long takenOffset) {
        if (!isWhole()) {
            return _ -> true;
        }
        endOffsets.values().removeIf(endOffset -> endOffset <= takenOffset);
        Map<Long, Long> waiting = Map.copyOf(endOffsets);
        return minuteMs ->
                minuteMs == CellKey.WHOLE_MS ? !waiting.isEmpty() : waiting.containsKey(minuteMs);
    }
}
