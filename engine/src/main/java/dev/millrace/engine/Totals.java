package dev.millrace.engine;

import java.util.Arrays;

/**
 * What the journal holds, as of one offset: the admission's side of the ledger. Immutable; a new
 * one is published with each group of records, so that its numbers always belong together.
 *
 * @param endOffset the offset behind the last record
 * @param appended events appended per partition; shared, not copied
 */
record Totals(long endOffset, long received, long rejected, long[] appended) {
    Totals plus(long newEndOffset, int moreReceived, int moreRejected, int[] perPartition) {
        long[] sums = appended.clone();
        for (int i = 0; i < perPartition.length; i++) {
            sums[i] += perPartition[i];
        }
        return new Totals(
                Math.max(endOffset, newEndOffset),
                received + moreReceived,
                rejected + moreRejected,
                sums);
    }

    long accepted() {
        return Arrays.stream(appended).sum();
    }
}
