package dev.millrace.core.port;

/**
 * Ids of events that one partition took between two commits.
 *
 * @param sequence the commit that wrote it
 * @param lastReceivedAtMs receipt of the newest; all of the block are forgotten together
 * @param ids two longs an event: the 128-bit hash of (source, id), in order of receipt; shared, not
 *     copied
 */
public record DedupeBlock(int partition, long sequence, long lastReceivedAtMs, long[] ids) {
    public DedupeBlock {
        if ((ids.length & 1) != 0) {
            throw new IllegalArgumentException("an id is two longs, but there are " + ids.length);
        }
    }
}
