package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

/**
 * Turns bodies into batches in one pass: validates every byte, notes where the projected values
 * stand, checks each event and assigns its partition. Immutable and thread-safe.
 */
public final class EventReader {
    /**
     * @param key the field that decides the partition; an event where it is missing or null goes by
     *     its id
     * @param maxSkewMs how far a timestamp may be ahead of the receipt
     * @param schema what every event must fulfil besides
     * @throws IllegalArgumentException if the projection does not cover the key
     */
    public EventReader(
            Projection projection,
            FieldPath key,
            int partitions,
            long maxSkewMs,
            ReadLimits limits,
            @Nullable EventSchema schema) {}

    /**
     * Reads a body as sent, decompressed.
     *
     * @param body kept by the batch, so it must not change any more
     * @param length how much of it counts
     */
    public ReadResult read(byte[] body, int length, BodyFormat format, long receivedAtMs) {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads the payload of a batch again, perhaps under another projection, key or number of
     * partitions. Limits, skew and schema have been checked before and are not checked again.
     *
     * @param payload kept by the batch, so it must not change any more
     * @throws IllegalStateException if it is no payload
     */
    public EventBatch reread(byte[] payload, int offset, int length, long receivedAtMs) {
        throw new UnsupportedOperationException();
    }

    /**
     * A batch of one from {@link Event#toJson} or {@link Event#rawJson} of an accepted event.
     *
     * @throws IllegalStateException if it is no single valid event
     */
    public EventBatch one(byte[] json, long receivedAtMs) {
        throw new UnsupportedOperationException();
    }

    public Projection projection() {
        throw new UnsupportedOperationException();
    }
}
