package dev.millrace.core.task;

import java.util.Map;
import java.util.TreeMap;

/** The running counts of one partition. Confined to its thread. */
final class Tally {
    long duplicate;
    long filtered;
    long dead;
    long discarded;
    long completed;
    long exploded;
    private final Map<String, Long> late = new TreeMap<>();

    Tally(LedgerCounts counts) {
        set(counts);
    }

    /** Goes on from other counts. */
    void set(LedgerCounts counts) {
        duplicate = counts.duplicate();
        filtered = counts.filtered();
        dead = counts.dead();
        discarded = counts.discarded();
        completed = counts.completed();
        exploded = counts.exploded();
        late.clear();
        late.putAll(counts.late());
    }

    void late(String aggregate) {
        late.merge(aggregate, 1L, Long::sum);
    }

    LedgerCounts counts() {
        return new LedgerCounts(duplicate, filtered, dead, discarded, completed, exploded, late);
    }
}
