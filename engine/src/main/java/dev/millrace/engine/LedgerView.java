package dev.millrace.engine;

import dev.millrace.core.ledger.Cell;
import dev.millrace.core.ledger.LedgerCounts;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * The counters that must balance. What arrived is counted at admission, what became of it by the
 * partitions, and what is in flight from what they have taken, so that the balance is a check and
 * not a definition.
 *
 * @param late letters and corrections per aggregate; they stand outside the balance
 * @param balanced nothing entered without a counted way out, and of the pipeline no check since the
 *     start has found otherwise
 */
public record LedgerView(
        long received,
        long accepted,
        long rejected,
        long exploded,
        long duplicate,
        long filtered,
        long dead,
        long discarded,
        long completed,
        long inFlight,
        Map<String, Long> late,
        boolean balanced) {
    /**
     * @param sound whether no check has found otherwise
     * @param aggregates that are to be among the late counts
     */
    static LedgerView of(Cell cell, boolean sound, Collection<String> aggregates) {
        LedgerCounts outcomes = cell.outcomes();
        Map<String, Long> late = new TreeMap<>();
        aggregates.forEach(aggregate -> late.put(aggregate, 0L));
        late.putAll(outcomes.late());
        return new LedgerView(
                cell.received(),
                cell.accepted(),
                cell.rejected(),
                outcomes.exploded(),
                outcomes.duplicate(),
                outcomes.filtered(),
                outcomes.dead(),
                outcomes.discarded(),
                outcomes.completed(),
                cell.inFlight(),
                late,
                sound && cell.isBalanced());
    }
}
