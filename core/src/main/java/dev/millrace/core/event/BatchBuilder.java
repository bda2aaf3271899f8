package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** The rows of a batch while its body is read. Confined to one thread. */
final class BatchBuilder {
    /** For no more rows than of such events room is made before they are there. */
    private static final int SHORT_EVENT_BYTES = 128;

    private final Projection projection;
    private final int stride;
    private final int start;
    private final int end;
    private final @Nullable Identifier identifier;
    private int[] table;
    private long[] timestamps;
    private int[] partitionOf;
    private long[] identities;
    private int size;
    private boolean contiguous = true;

    /**
     * @param start where the events begin in their array
     * @param end behind the last of them
     * @param identified whether events are to be told from duplicates later
     */
    BatchBuilder(Projection projection, int start, int end, boolean identified) {
        this.projection = projection;
        this.stride = Place.stride(projection.slots());
        this.start = start;
        this.end = end;
        this.table = new int[stride];
        this.timestamps = new long[1];
        this.partitionOf = new int[1];
        this.identifier = identified ? new Identifier() : null;
        this.identities = identified ? new long[2] : new long[0];
    }

    /**
     * The table with room for one more row at {@link #row()}, which is all zero.
     *
     * @param at where the event of that row begins
     */
    int[] table(int at) {
        if (size == timestamps.length) {
            int rows = Math.max(size + (size >> 1) + 1, expectedRows(at));
            table = Arrays.copyOf(table, Math.multiplyExact(rows, stride));
            timestamps = Arrays.copyOf(timestamps, rows);
            partitionOf = Arrays.copyOf(partitionOf, rows);
            if (identifier != null) {
                identities = Arrays.copyOf(identities, 2 * rows);
            }
        }
        return table;
    }

    /** How many rows there will be if the others are like those before, and some more. */
    private int expectedRows(int at) {
        int length = end - start;
        long alike = (long) size * length / (at - start);
        return (int) Math.min(alike + (alike >> 3), length / SHORT_EVENT_BYTES);
    }

    int row() {
        return size * stride;
    }

    void locate(int slot, byte[] bytes, Place place) {
        int column = Place.column(row(), slot);
        place.at(bytes, table[column], table[column + 1]);
    }

    void accept(byte[] bytes, int start, int length, long timestampMs, int partition) {
        if (identifier != null) {
            long[] identity = identifier.identify(bytes, this);
            identities[2 * size] = identity[0];
            identities[2 * size + 1] = identity[1];
        }
        table[row()] = start;
        table[row() + 1] = length;
        timestamps[size] = timestampMs;
        partitionOf[size] = partition;
        size++;
    }

    void reject() {
        Arrays.fill(table, row(), row() + stride, 0);
        contiguous = false;
    }

    EventBatch build(byte[] bytes, int partitions, long receivedAtMs) {
        return new EventBatch(
                projection,
                receivedAtMs,
                bytes,
                size,
                table,
                timestamps,
                partitionOf,
                identities,
                partitions,
                contiguous);
    }
}
