package dev.millrace.core.ledger;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.TreeMap;

/** Running counts of the partitions' side. Confined to its thread. */
final class Tally {
    final CellKey key;
    long taken;
    long duplicate;
    long filtered;
    long dead;
    long discarded;
    long completed;
    long exploded;
    private @Nullable Map<String, Long> late;

    Tally(CellKey key) {
        this.key = key;
    }

    void late(String aggregate) {
        if (late == null) {
            late = new TreeMap<>();
        }
        late.merge(aggregate, 1L, Long::sum);
    }

    LedgerCounts counts() {
        return new LedgerCounts(
                duplicate,
                filtered,
                dead,
                discarded,
                completed,
                exploded,
                late == null ? Map.of() : late);
    }

    /** Goes back to what the outcomes were. */
    void reset(LedgerCounts counts) {
        duplicate = counts.duplicate();
        filtered = counts.filtered();
        dead = counts.dead();
        discarded = counts.discarded();
        completed = counts.completed();
        exploded = counts.exploded();
        late = counts.late().isEmpty() ? null : new TreeMap<>(counts.late());
    }

    Cell cell() {
        return new Cell(0, 0, 0, taken, counts());
    }
}
