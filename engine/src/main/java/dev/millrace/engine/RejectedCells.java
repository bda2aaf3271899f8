package dev.millrace.engine;

import dev.millrace.core.event.Rejection;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.ledger.Cell;
import dev.millrace.core.ledger.CellKey;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.port.DeadLetters;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the ledger counts of events that were rejected, and of those that are accepted after all.
 */
final class RejectedCells {
    private RejectedCells() {}

    /** Of a batch. An event whose source could not be read counts under the empty one. */
    static Map<CellKey, Cell> of(List<Rejection> rejections, long receivedAtMs) {
        if (rejections.isEmpty()) {
            return Map.of();
        }
        Map<CellKey, Cell> cells = new HashMap<>();
        for (Rejection rejection : rejections) {
            String source = Objects.requireNonNullElse(rejection.source(), "");
            add(cells, CellKey.of(receivedAtMs, source), 1);
        }
        return cells;
    }

    /**
     * Of a record that is read from the journal, by the letters that were written with it. What has
     * no letter any more, as a replay took it before a commit counted it, has no known source.
     */
    static Map<CellKey, Cell> of(DeadLetters letters, long offset, JournalRecord.Events record) {
        Map<CellKey, Cell> cells = new HashMap<>();
        long receivedAtMs = record.receivedAtMs();
        int left = record.rejected();
        for (int i = 0; i < record.received() && left > 0; i++) {
            LetterId id = new LetterId(Math.max(0, receivedAtMs), LetterId.ADMISSION, offset + i);
            Optional<DeadLetter> letter = letters.letter(id);
            if (letter.isPresent()) {
                add(cells, CellKey.of(receivedAtMs, letter.get().source()), 1);
                left--;
            }
        }
        if (left > 0) {
            add(cells, CellKey.of(receivedAtMs, ""), left);
        }
        return cells;
    }

    /**
     * Of events that are accepted now: each leaves the cell in which it was rejected, and counts as
     * received where it is accepted.
     */
    static Map<CellKey, Cell> leaving(List<JournalRecord.Readmission.Refused> letters) {
        Map<CellKey, Cell> cells = new HashMap<>();
        letters.forEach(one -> add(cells, CellKey.of(one.receivedAtMs(), one.source()), -1));
        return cells;
    }

    private static void add(Map<CellKey, Cell> cells, CellKey key, int count) {
        cells.merge(key, Cell.admitted(0, count), Cell::plus);
    }
}
