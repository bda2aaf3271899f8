package dev.millrace.core.ledger;

import dev.millrace.core.port.WindowRows;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * Checks the cells after each commit: every cell that it changed must balance, and those of a
 * minute of which all is processed must have nothing in flight. A minute that was changed while
 * some of it waited is looked at whole, as it is stored, once that is processed. One thread at a
 * time.
 */
public final class LedgerAudit {
    private final WindowRows stored;

    /** Minutes of which something waited when they were changed. */
    private final Set<Long> open = new TreeSet<>();

    /** A cell whose numbers cannot be. */
    public record Imbalance(CellKey key, Cell cell) {
        /** For people: the cell and its numbers. */
        public String sentence() {
            String when =
                    key.isWhole()
                            ? "since the beginning"
                            : "in the minute " + Instant.ofEpochMilli(key.minuteMs());
            return "of source '%s' %s, %s".formatted(key.source(), when, cell.sentence());
        }
    }

    public LedgerAudit(WindowRows stored) {
        this.stored = stored;
    }

    /**
     * Looks at what a commit changed, once it is written.
     *
     * @param inFlight whether records received in a minute may wait, of which partitions have yet
     *     to say what became; of {@link CellKey#WHOLE_MS}, of any minute
     * @return the first cell whose numbers cannot be
     */
    public Optional<Imbalance> check(LedgerBook.Booking booking, LongPredicate inFlight) {
        List<Imbalance> found = new ArrayList<>();
        booking.cells()
                .forEach((key, cell) -> {
                    boolean waits = inFlight.test(key.minuteMs());
                    if (waits && !key.isWhole()) {
                        open.add(key.minuteMs());
                    }
                    hold(key, cell, waits, found);
                });
        Iterator<Long> minutes = open.iterator();
        while (minutes.hasNext() && found.isEmpty()) {
            long minuteMs = minutes.next();
            if (!inFlight.test(minuteMs)) {
                minutes.remove();
                LedgerRows.cells(
                        stored,
                        minuteMs,
                        (key, cell) -> {
                            hold(key, cell, false, found);
                            return found.isEmpty();
                        });
            }
        }
        return found.stream().findFirst();
    }

    private static void hold(CellKey key, Cell cell, boolean waits, List<Imbalance> found) {
        if (!cell.isBalanced() || !waits && cell.inFlight() != 0) {
            found.add(new Imbalance(key, cell));
        }
    }
}
