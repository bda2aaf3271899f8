package dev.millrace.engine;

import dev.millrace.core.ledger.CellKey;

import java.util.List;
import java.util.Optional;

/**
 * Some cells of a ledger, as of the last commit.
 *
 * @param minutes by minute, then by the UTF-8 of their source
 * @param next where the next page begins; empty: this is the last
 */
public record LedgerPage(List<Minute> minutes, Optional<CellKey> next) {
    public LedgerPage {
        minutes = List.copyOf(minutes);
    }

    /** What was received of one source in one minute, and what became of it by now. */
    public record Minute(CellKey key, LedgerView counts) {}
}
