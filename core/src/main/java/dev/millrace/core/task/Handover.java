package dev.millrace.core.task;

import dev.millrace.core.aggregate.Deltas;
import dev.millrace.core.ledger.Cell;
import dev.millrace.core.ledger.CellKey;
import dev.millrace.core.letter.LetterChange;

import java.util.List;
import java.util.Map;

/**
 * What one partition adds to a commit: all that its records since the last handover came to.
 * Belongs to the receiver.
 *
 * @param state where the partition stands now
 * @param program under which it goes on
 * @param dedupeIds two longs for each event that was no duplicate
 * @param letters in order
 * @param outcomes of replays and discards
 * @param ledger what became of events, by cell
 * @param putOut events that went through all stages, each the JSON of one on one line, in order;
 *     none where no sink takes events
 */
public record Handover(
        int partition,
        PartitionState state,
        PipelineProgram program,
        List<Deltas> deltas,
        long[] dedupeIds,
        List<LetterChange> letters,
        List<LetterOutcome> outcomes,
        Map<CellKey, Cell> ledger,
        List<byte[]> putOut) {
    public Handover {
        deltas = List.copyOf(deltas);
        letters = List.copyOf(letters);
        outcomes = List.copyOf(outcomes);
        ledger = Map.copyOf(ledger);
        putOut = List.copyOf(putOut);
    }
}
