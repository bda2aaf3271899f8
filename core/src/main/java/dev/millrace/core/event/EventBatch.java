package dev.millrace.core.event;

import java.nio.ByteBuffer;

/**
 * Accepted events of one body, in its order: the bytes, and where in them the projected values
 * stand. Immutable and thread-safe; keeps the body it was read from alive.
 */
public final class EventBatch {
    EventBatch() {}

    public int size() {
        throw new UnsupportedOperationException();
    }

    public Projection projection() {
        throw new UnsupportedOperationException();
    }

    /** When the body was received, epoch milliseconds. */
    public long receivedAtMs() {
        throw new UnsupportedOperationException();
    }

    public int partitions() {
        throw new UnsupportedOperationException();
    }

    public int partition(int index) {
        throw new UnsupportedOperationException();
    }

    /** The indexes of a partition's events, ascending. The array is the batch's own. */
    public int[] eventsOf(int partition) {
        throw new UnsupportedOperationException();
    }

    public long timestampMs(int index) {
        throw new UnsupportedOperationException();
    }

    /** Bytes of the payload: the accepted events as sent, separated by white space or commas. */
    public int payloadLength() {
        throw new UnsupportedOperationException();
    }

    /** Puts {@link #payloadLength} bytes, which {@link EventReader#reread} takes back. */
    public void writePayload(ByteBuffer out) {
        throw new UnsupportedOperationException();
    }

    public byte[] payload() {
        ByteBuffer out = ByteBuffer.allocate(payloadLength());
        writePayload(out);
        return out.array();
    }
}
