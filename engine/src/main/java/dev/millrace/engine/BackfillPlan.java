package dev.millrace.engine;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.task.Backfill;
import dev.millrace.core.task.PipelineProgram;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A backfill that a change asks for.
 *
 * @param program of the new version
 * @param aggregates state numbers that the version before did not have
 * @param startOffset of the first record that it needs, those that only tell duplicates included
 */
record BackfillPlan(
        PipelineProgram program, Set<Integer> aggregates, long fromMs, long startOffset) {
    /**
     * How far receipt may be out of order in a journal: what a body waited before it was written.
     */
    static final Duration DISORDER = Duration.ofMinutes(1);

    /**
     * Plans one.
     *
     * @param endOffset where the journal ends
     * @return empty if there is no aggregate to backfill
     */
    static Optional<BackfillPlan> of(
            PipelineStore store,
            PipelineVersion before,
            PipelineProgram next,
            long fromMs,
            long endOffset) {
        Set<Integer> aggregates =
                next.aggregations().stream()
                        .map(Aggregation::number)
                        .filter(number -> !before.aggregates().containsValue(number))
                        .collect(Collectors.toSet());
        if (aggregates.isEmpty()) {
            return Optional.empty();
        }
        long neededMs = fromMs - next.definition().dedupe().toMillis() - DISORDER.toMillis();
        return Optional.of(
                new BackfillPlan(
                        next,
                        aggregates,
                        fromMs,
                        JournalSearch.firstSince(store, neededMs, endOffset)));
    }

    /** As it begins, with the change at {@code endOffset}. */
    Backfill until(long endOffset) {
        return new Backfill(
                program.version().version(),
                aggregates,
                fromMs,
                startOffset,
                startOffset,
                endOffset);
    }
}
