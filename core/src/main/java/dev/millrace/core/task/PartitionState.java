package dev.millrace.core.task;

import dev.millrace.core.ledger.LedgerCounts;

import java.time.Duration;
import java.util.Map;

/**
 * Where a partition stands: what a checkpoint keeps of it, besides the dedupe ids.
 *
 * @param version the pipeline's version under which it went on
 * @param endOffset the offset behind the last record that it took
 * @param eventsTaken how many events it took in all
 * @param watermarkMs {@link Long#MIN_VALUE} before the first event
 * @param firstWatermarkMs the watermark as it was first known; history sets none
 * @param receiptMs the latest time of receipt that it saw
 * @param newestMs the newest timestamp that it saw; {@link Long#MIN_VALUE} before the first event
 * @param letterSequence number for its next dead letter
 * @param floorsMs by an aggregate's state number, the time at or before which windows that end are
 *     gone for good, where a version that kept them for less has left one
 */
public record PartitionState(
        int version,
        long endOffset,
        long eventsTaken,
        long watermarkMs,
        long firstWatermarkMs,
        long receiptMs,
        long newestMs,
        long letterSequence,
        LedgerCounts counts,
        Map<Integer, Long> floorsMs) {
    public PartitionState {
        floorsMs = Map.copyOf(floorsMs);
    }

    /**
     * The newest event by its timestamp, or by its receipt if that is earlier, as the watermark
     * counts it. Later than that only after a tick or an advance, and then at most by how far it
     * moved the watermark, and not past the newest timestamp.
     *
     * @param outOfOrder how far the watermark stays behind
     * @return {@link Long#MIN_VALUE} before the first event
     */
    public long newestEventMs(Duration outOfOrder) {
        return newestMs == Long.MIN_VALUE
                ? Long.MIN_VALUE
                : Math.min(newestMs, watermarkMs + outOfOrder.toMillis());
    }

    /** Of a partition that has taken nothing. */
    public static PartitionState initial(int version) {
        return new PartitionState(
                version,
                0,
                0,
                Long.MIN_VALUE,
                Long.MIN_VALUE,
                Long.MIN_VALUE,
                Long.MIN_VALUE,
                0,
                LedgerCounts.ZERO,
                Map.of());
    }
}
