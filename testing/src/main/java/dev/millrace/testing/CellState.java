package dev.millrace.testing;

import dev.millrace.core.ledger.Cell;

/**
 * What is counted of one {@link LedgerPlace}, as tests compare it.
 *
 * @param taken events that partitions have taken up
 */
public record CellState(long taken, LedgerState outcomes) {
    static CellState of(Cell cell) {
        return new CellState(cell.taken(), LedgerState.of(cell.outcomes()));
    }

    CellState plus(CellState other) {
        return new CellState(taken + other.taken, outcomes.plus(other.outcomes));
    }
}
