package dev.millrace.core.event;

import org.apache.datasketches.hash.MurmurHash3FFM;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Hashes events by source and id as they came in, for dedupe: MurmurHash3 x64, 128 bits, seed 0, of
 * the UTF-8 of the source, a zero byte and the id. Stores keep the hashes, so they never change.
 *
 * <p>Done as an event is read, while its bytes are in the caches of the processor that reads it: to
 * fetch them once more where duplicates are looked for took longer than all of the hashing.
 *
 * <p>Confined to one thread.
 */
final class Identifier {
    private static final long SEED = 0;

    private final Place place = new Place();
    private final long[] hash = new long[2];
    private byte[] text = new byte[512];
    private MemorySegment segment = MemorySegment.ofArray(text);

    /**
     * The hash of the builder's row, which was found valid.
     *
     * @return two longs, until the next call
     */
    long[] identify(byte[] bytes, BatchBuilder row) {
        row.locate(Projection.SOURCE, bytes, place);
        int length = put(0);
        text[length++] = 0;
        row.locate(Projection.ID, bytes, place);
        length += put(length);
        MurmurHash3FFM.hash(segment, 0, length, SEED, hash);
        return hash;
    }

    /** Puts the string at hand, and leaves room for one byte behind it; returns its length. */
    private int put(int at) {
        if (text.length - at <= place.length()) {
            text = Arrays.copyOf(text, 2 * (at + place.length() + 1));
            segment = MemorySegment.ofArray(text);
        }
        if (place.escaped()) {
            return place.unescape(text, at);
        }
        System.arraycopy(place.bytes(), place.start(), text, at, place.length());
        return place.length();
    }
}
