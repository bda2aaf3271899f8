package dev.millrace.core.event;

import org.apache.datasketches.hash.MurmurHash3FFM;

import java.lang.foreign.MemorySegment;

/**
 * The partition of an event: the low 63 bits of the first half of MurmurHash3 x64-128, seed 0,
 * modulo the number of partitions. Hashed are a string's unescaped UTF-8, of any other value the
 * text as sent, and the id where the key is missing or null. Journals and topics depend on it, so
 * it never changes.
 *
 * <p>Confined to one thread.
 */
final class Partitioner {
    private final Field key;
    private final int partitions;
    private final Place place = new Place();
    private final long[] hash = new long[2];
    private final byte[] body;
    private final MemorySegment segment;

    /**
     * @param body where the events stand
     */
    Partitioner(Field key, int partitions, byte[] body) {
        this.body = body;
        this.segment = MemorySegment.ofArray(body);
        this.key = key;
        this.partitions = partitions;
    }

    /** The partition of the builder's row. */
    int partition(BatchBuilder row) {
        if (partitions == 1) {
            return 0;
        }
        row.locate(key.node.slot, body, place);
        place.descend(key.restUtf8);
        if (place.kind() == JsonKind.MISSING || place.kind() == JsonKind.NULL) {
            row.locate(Projection.ID, body, place);
        }
        return of(place);
    }

    private int of(Place value) {
        if (value.escaped()) {
            byte[] utf8 = new byte[value.length()];
            int length = value.unescape(utf8, 0);
            MurmurHash3FFM.hash(MemorySegment.ofArray(utf8), 0, length, 0, hash);
        } else {
            MurmurHash3FFM.hash(segment, value.start(), value.length(), 0, hash);
        }
        return (int) ((hash[0] & Long.MAX_VALUE) % partitions);
    }
}
