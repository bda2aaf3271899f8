package dev.millrace.engine;

import dev.millrace.core.letter.LetterKind;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a pipeline is doing right now.
 *
 * @param deadLettersByKind how many of each kind
 * @param sourcesNearBudget sources that have used up four fifths of their {@link LetterBudget}
 * @param highestBudgetShare the largest part of its budget that a source has used up
 * @param queueDepth events accepted or being written that no partition has processed yet
 * @param queueBytes their size
 * @param throughputPerSecond events processed a second, over the last seconds
 * @param watermarkMs event time up to which all windows are closed; absent before the first event
 * @param latency from receipt to the commit that made the result visible
 * @param dedupeHorizonMs how far back a duplicate is recognised at this moment
 * @param overflowedGroups how often a commit counted a group under that of the others
 * @param refused batches answered with queue-full since the start
 * @param refusedPerSecond the same, of the last seconds
 * @param backfill that is under way
 * @param stages in the order of the definition
 */
public record PipelineMetrics(
        long eventsAccepted,
        long eventsRejected,
        long deadLetters,
        Map<LetterKind, Long> deadLettersByKind,
        int sourcesNearBudget,
        double highestBudgetShare,
        long queueDepth,
        int queueLimit,
        long queueBytes,
        double throughputPerSecond,
        long duplicates,
        OptionalLong watermarkMs,
        Latency latency,
        long dedupeHorizonMs,
        long refused,
        double refusedPerSecond,
        long openGroups,
        long overflowedGroups,
        long openAlerts,
        long commits,
        Optional<BackfillProgress> backfill,
        List<StageStatus> stages) {
    public PipelineMetrics {
        stages = List.copyOf(stages);
        deadLettersByKind = Map.copyOf(deadLettersByKind);
    }

    /** Milliseconds, over the last minute or so; zeros when there was nothing. */
    public record Latency(double p50Ms, double p99Ms, double maxMs) {}
}
