package dev.millrace.core.port;

import dev.millrace.core.letter.LetterChange;

import java.util.List;
import java.util.Set;

/**
 * What a pipeline writes at once.
 *
 * @param checkpoint replaces the one before
 * @param rows in any order; a row occurs once
 * @param expiries rows that are no longer kept, those of this commit included
 * @param droppedAggregates state numbers of which everything goes, rows of this commit included
 * @param letters in order: a later change of a letter follows an earlier one
 * @param dedupe new blocks
 * @param dedupeNotBeforeMs blocks whose newest id is older are forgotten, in each partition from
 *     the oldest block on up to the first that stays
 * @param notes a key occurs once
 * @param outbox in order: what is appended and trimmed in one commit is trimmed
 */
public record Commit(
        byte[] checkpoint,
        List<RowChange> rows,
        List<RowExpiry> expiries,
        List<Integer> droppedAggregates,
        List<LetterChange> letters,
        List<DedupeBlock> dedupe,
        long dedupeNotBeforeMs,
        List<Note> notes,
        List<OutboxChange> outbox) {
    /** One with nothing for sinks. */
    public Commit(
            byte[] checkpoint,
            List<RowChange> rows,
            List<RowExpiry> expiries,
            List<Integer> droppedAggregates,
            List<LetterChange> letters,
            List<DedupeBlock> dedupe,
            long dedupeNotBeforeMs,
            List<Note> notes) {
        this(
                checkpoint,
                rows,
                expiries,
                droppedAggregates,
                letters,
                dedupe,
                dedupeNotBeforeMs,
                notes,
                List.of());
    }

    /**
     * The new state of a row.
     *
     * @param aggregate the aggregate's state number
     * @param group encoded group key
     * @param value shared, not copied
     */
    public record RowChange(int aggregate, long windowStartMs, byte[] group, byte[] value) {}

    /**
     * All rows of an aggregate whose window starts before {@code beforeMs} go, but for those that
     * start at one of {@code sparedMs}: they stay until an expiry does not spare them.
     *
     * @param sparedMs each before {@code beforeMs}
     */
    public record RowExpiry(int aggregate, long beforeMs, Set<Long> sparedMs) {
        public RowExpiry {
            sparedMs = Set.copyOf(sparedMs);
        }

        /** One that spares none. */
        public RowExpiry(int aggregate, long beforeMs) {
            this(aggregate, beforeMs, Set.of());
        }
    }
}
