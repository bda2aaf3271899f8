package dev.millrace.testing;

import dev.millrace.core.ledger.LedgerCounts;

import java.util.Map;
import java.util.TreeMap;

/** What became of events, as tests compare it. */
public record LedgerState(
        long duplicate,
        long filtered,
        long dead,
        long discarded,
        long completed,
        long exploded,
        Map<String, Long> late) {
    public LedgerState {
        late = Map.copyOf(late);
    }

    public static LedgerState ledger() {
        return new LedgerState(0, 0, 0, 0, 0, 0, Map.of());
    }

    static LedgerState of(LedgerCounts counts) {
        return new LedgerState(
                counts.duplicate(),
                counts.filtered(),
                counts.dead(),
                counts.discarded(),
                counts.completed(),
                counts.exploded(),
                counts.late());
    }

    LedgerState plus(LedgerState other) {
        Map<String, Long> sum = new TreeMap<>(late);
        other.late.forEach((aggregate, count) -> sum.merge(aggregate, count, Long::sum));
        return new LedgerState(
                duplicate + other.duplicate,
                filtered + other.filtered,
                dead + other.dead,
                discarded + other.discarded,
                completed + other.completed,
                exploded + other.exploded,
                sum);
    }

    public LedgerState duplicate(long count) {
        return new LedgerState(count, filtered, dead, discarded, completed, exploded, late);
    }

    public LedgerState filtered(long count) {
        return new LedgerState(duplicate, count, dead, discarded, completed, exploded, late);
    }

    public LedgerState dead(long count) {
        return new LedgerState(duplicate, filtered, count, discarded, completed, exploded, late);
    }

    public LedgerState discarded(long count) {
        return new LedgerState(duplicate, filtered, dead, count, completed, exploded, late);
    }

    public LedgerState completed(long count) {
        return new LedgerState(duplicate, filtered, dead, discarded, count, exploded, late);
    }

    public LedgerState exploded(long count) {
        return new LedgerState(duplicate, filtered, dead, discarded, completed, count, late);
    }

    public LedgerState late(String aggregate, long count) {
        Map<String, Long> more = new TreeMap<>(late);
        more.put(aggregate, count);
        return new LedgerState(duplicate, filtered, dead, discarded, completed, exploded, more);
    }
}
