package dev.millrace.engine;

import dev.millrace.core.ledger.CellKey;

import java.util.Optional;

/**
 * Which cells of a ledger are asked for.
 *
 * @param fromMs first minute, inclusive
 * @param toMs minutes from here on are left out
 * @param source of that source only
 * @param limit 1 to {@link #MAX_LIMIT}
 * @param after where the page before ended
 */
public record LedgerQuery(
        long fromMs, long toMs, Optional<String> source, int limit, Optional<CellKey> after) {
    public static final int MAX_LIMIT = 10_000;

    public LedgerQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "limit must be 1 to %d, not %d".formatted(MAX_LIMIT, limit));
        }
    }
}
