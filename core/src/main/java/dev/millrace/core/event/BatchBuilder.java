package dev.millrace.core.event;

import java.util.Arrays;

/** The rows of a batch while its body is read. Confined to one thread. */
final class BatchBuilder {
    private static final int MIN_ROWS = 1;

    /** Shorter events than this are rare, so that the first guess of the rows mostly holds. */
    private static final int TYPICAL_EVENT_BYTES = 200;

    private final Projection projection;
    private final int stride;
    private int[] table;
    private long[] timestamps;
    private int[] partitionOf;
    private int size;
    private boolean contiguous = true;

    BatchBuilder(Projection projection, int bodyLength) {
        this.projection = projection;
        this.stride = Place.stride(projection.slots());
        int rows = MIN_ROWS + bodyLength / TYPICAL_EVENT_BYTES;
        this.table = new int[rows * stride];
        this.timestamps = new long[rows];
        this.partitionOf = new int[rows];
    }

    /** The table with room for one more row at {@link #row()}, which is all zero. */
    int[] table() {
        if (size == timestamps.length) {
            int rows = size + (size >> 1) + 1;
            table = Arrays.copyOf(table, Math.multiplyExact(rows, stride));
            timestamps = Arrays.copyOf(timestamps, rows);
            partitionOf = Arrays.copyOf(partitionOf, rows);
        }
        return table;
    }

    int row() {
        return size * stride;
    }

    void locate(int slot, byte[] bytes, Place place) {
        int column = Place.column(row(), slot);
        place.at(bytes, table[column], table[column + 1]);
    }

    void accept(int start, int length, long timestampMs, int partition) {
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
                partitions,
                contiguous);
    }
}
