package dev.millrace.core.task;

import dev.millrace.core.aggregate.Deltas;
import dev.millrace.core.letter.LetterChange;

import java.util.List;
import java.util.Optional;

/**
 * What a backfill adds to a commit. Belongs to the receiver.
 *
 * @param state where it stands with this commit; empty where there is none or it is done
 * @param deltas of the aggregates that are backfilled
 * @param letters that wait, and whose event such an aggregate counts by now; to be put before what
 *     the partitions do to letters
 */
public record BackfillPart(
        Optional<Backfill> state, List<Deltas> deltas, List<LetterChange> letters) {
    /** Where no backfill is under way. */
    public static final BackfillPart NONE = of(Optional.empty());

    public BackfillPart {
        deltas = List.copyOf(deltas);
        letters = List.copyOf(letters);
    }

    /** Where one stands that adds nothing. */
    public static BackfillPart of(Optional<Backfill> state) {
        return new BackfillPart(state, List.of(), List.of());
    }
}
