package dev.millrace.core.ledger;

import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the events that one partition took, since the pipeline exists.
 *
 * @param exploded sum of n − 1 over events that became n
 * @param dead stage letters that wait; the only count that falls
 * @param discarded stage letters that were deleted
 * @param late events that were late, per aggregate
 */
public record LedgerCounts(
        long duplicate,
        long filtered,
        long dead,
        long discarded,
        long completed,
        long exploded,
        Map<String, Long> late) {
    public static final LedgerCounts ZERO = new LedgerCounts(0, 0, 0, 0, 0, 0, Map.of());

    public LedgerCounts {
        late = Map.copyOf(late);
    }

    public LedgerCounts plus(LedgerCounts other) {
        Map<String, Long> sum = new TreeMap<>(late);
        other.late.forEach((aggregate, count) -> sum.merge(aggregate, count, Long::sum));
        return new LedgerCounts(
                duplicate + other.duplicate,
                filtered + other.filtered,
                dead + other.dead,
                discarded + other.discarded,
                completed + other.completed,
                exploded + other.exploded,
                sum);
    }

    /** Events with a counted way out, less those that came into being on the way. */
    public long settled() {
        return duplicate + filtered + dead + discarded + completed - exploded;
    }
}
