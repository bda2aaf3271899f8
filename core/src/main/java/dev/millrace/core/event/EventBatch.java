package dev.millrace.core.event;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Accepted events of one body, in its order: the bytes, and where in them the projected values
 * stand. Immutable and thread-safe; keeps the body it was read from alive.
 *
 * <p>No object per event: a row of ints holds the event's range and one {@link Place} for every
 * slot of the projection.
 */
public final class EventBatch {
    private final Projection projection;
    private final long receivedAtMs;
    private final boolean history;
    private final byte[] bytes;
    private final int size;
    private final int[] table;
    private final long[] timestamps;
    private final int[] partitionOf;
    private final long[] identities;
    private final int[][] eventsOf;
    private final SourceNumbers sources;
    private final boolean contiguous;
    private final int payloadLength;

    /**
     * @param identities two longs an event; empty if nobody asks for them
     * @param contiguous whether between the first and the last event there is nothing but accepted
     *     events, white space and commas
     */
    EventBatch(
            Projection projection,
            long receivedAtMs,
            byte[] bytes,
            int size,
            int[] table,
            long[] timestamps,
            int[] partitionOf,
            long[] identities,
            int partitions,
            boolean contiguous) {
        this.projection = projection;
        this.receivedAtMs = receivedAtMs;
        this.history = false;
        this.bytes = bytes;
        this.size = size;
        this.table = table;
        this.timestamps = timestamps;
        this.partitionOf = partitionOf;
        this.identities = identities;
        this.eventsOf = group(partitionOf, size, partitions);
        this.sources = SourceNumbers.of(bytes, size, table, Place.stride(projection.slots()));
        this.contiguous = contiguous;
        this.payloadLength = measure();
    }

    /** The same events as history. */
    private EventBatch(EventBatch live) {
        this.projection = live.projection;
        this.receivedAtMs = live.receivedAtMs;
        this.history = true;
        this.bytes = live.bytes;
        this.size = live.size;
        this.table = live.table;
        this.timestamps = live.timestamps;
        this.partitionOf = live.partitionOf;
        this.identities = live.identities;
        this.eventsOf = live.eventsOf;
        this.sources = live.sources;
        this.contiguous = live.contiguous;
        this.payloadLength = live.payloadLength;
    }

    private static int[][] group(int[] partitionOf, int size, int partitions) {
        int[] counts = new int[partitions];
        for (int i = 0; i < size; i++) {
            counts[partitionOf[i]]++;
        }
        int[][] groups = new int[partitions][];
        for (int p = 0; p < partitions; p++) {
            groups[p] = new int[counts[p]];
        }
        for (int i = size - 1; i >= 0; i--) {
            int p = partitionOf[i];
            groups[p][--counts[p]] = i;
        }
        return groups;
    }

    private int measure() {
        if (size == 0) {
            return 0;
        }
        if (contiguous) {
            return start(size - 1) + length(size - 1) - start(0);
        }
        int total = size - 1;
        for (int i = 0; i < size; i++) {
            total += length(i);
        }
        return total;
    }

    public int size() {
        return size;
    }

    public Projection projection() {
        return projection;
    }

    /** When the body was received, epoch milliseconds. */
    public long receivedAtMs() {
        return receivedAtMs;
    }

    /**
     * Whether these are old events, loaded beside the live ones: never late, moving no watermark.
     */
    public boolean isHistory() {
        return history;
    }

    /** This batch, if {@code isHistory}, as history. */
    public EventBatch history(boolean isHistory) {
        return isHistory == history || !isHistory ? this : new EventBatch(this);
    }

    public int partitions() {
        return eventsOf.length;
    }

    public int partition(int index) {
        return partitionOf[Objects.checkIndex(index, size)];
    }

    /** The indexes of a partition's events, ascending. The array is the batch's own. */
    public int[] eventsOf(int partition) {
        return eventsOf[partition];
    }

    /**
     * How many numbers the sources of the events have: from 0 up to this. One source may have two,
     * where it is spelt in two ways.
     */
    public int sources() {
        return sources.count();
    }

    /** The number of an event's source. */
    public int sourceNumber(int index) {
        return sources.of(index, size);
    }

    /** The source of a number, as it came in; a new string. */
    public String source(int number) {
        return sources.locate(number, bytes, new Place()).string();
    }

    public long timestampMs(int index) {
        return timestamps[Objects.checkIndex(index, size)];
    }

    /**
     * Puts the 128-bit hash of an event's source and id, by which duplicates are told.
     *
     * @param out gets two longs
     * @throws IllegalStateException if the batch was read by a reader that is not {@link
     *     EventReader#identifying}
     */
    public void identity(int index, long[] out, int at) {
        if (identities.length == 0) {
            throw new IllegalStateException("the events of this batch were not identified");
        }
        int first = 2 * Objects.checkIndex(index, size);
        out[at] = identities[first];
        out[at + 1] = identities[first + 1];
    }

    /** Bytes of the payload: the accepted events as sent, separated by white space or commas. */
    public int payloadLength() {
        return payloadLength;
    }

    /**
     * The payload, which {@link EventReader#reread} takes back; no copy where the events lie beside
     * each other, and then it must not be written to.
     */
    public ByteBuffer payloadBuffer() {
        if (contiguous || size == 0) {
            return ByteBuffer.wrap(bytes, size == 0 ? 0 : start(0), payloadLength);
        }
        ByteBuffer out = ByteBuffer.allocate(payloadLength);
        for (int i = 0; i < size; i++) {
            if (i > 0) {
                out.put((byte) '\n');
            }
            out.put(bytes, start(i), length(i));
        }
        return out.flip();
    }

    /** The payload as an array of its own. */
    public byte[] payload() {
        byte[] payload = new byte[payloadLength];
        payloadBuffer().get(payload);
        return payload;
    }

    byte[] bytes() {
        return bytes;
    }

    int start(int index) {
        return table[row(index)];
    }

    int length(int index) {
        return table[row(index) + 1];
    }

    /** Moves a place to the value of a slot. */
    void locate(int index, int slot, Place place) {
        int column = Place.column(row(index), slot);
        place.at(bytes, table[column], table[column + 1]);
    }

    private int row(int index) {
        return Objects.checkIndex(index, size) * Place.stride(projection.slots());
    }
}
