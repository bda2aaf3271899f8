package dev.millrace.testing;

import dev.millrace.core.detect.Alert;
import dev.millrace.core.ledger.LedgerCounts;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.task.LetterOutcome;

import java.util.List;
import java.util.Map;

/**
 * What a run came to.
 *
 * @param rows as they are stored in the end
 * @param history every state of every row that a commit showed, in order
 * @param alerts as they are stored in the end
 * @param letters as they are stored in the end, by id
 * @param outcomes of replays and discards, in order for each partition
 * @param cells the ledger by source and minute, of those of which events were taken
 * @param accepted events that were fed
 * @param watermarkMs of the merged windows
 */
record Observed(
        List<RowState> rows,
        List<RowState> history,
        List<Alert> alerts,
        List<DeadLetter> letters,
        List<LetterOutcome> outcomes,
        LedgerCounts ledger,
        Map<LedgerPlace, CellState> cells,
        long accepted,
        long watermarkMs) {}
