package dev.millrace.core.aggregate;

/**
 * The last slice that holds a hash, for the hashes of a moving window: an open-addressing table
 * with linear probing, 0 where free, at most half full. A hash that is removed leaves no trace:
 * those behind it move up (Knuth, The Art of Computer Programming 3, 6.4, algorithm R). Confined to
 * one thread.
 */
final class LastSlices {
    private static final int FIRST_CAPACITY = 4;

    private long[] hashes = new long[FIRST_CAPACITY];
    private int[] slices = new int[FIRST_CAPACITY];
    private int size;

    int size() {
        return size;
    }

    void clear() {
        hashes = new long[FIRST_CAPACITY];
        slices = new int[FIRST_CAPACITY];
        size = 0;
    }

    /**
     * @param hash not 0
     * @param slice its number; those of later slices are greater
     */
    void put(long hash, int slice) {
        int slot = slotOf(hash);
        if (hashes[slot] == 0) {
            if (2 * (size + 1) > hashes.length) {
                grow();
                slot = slotOf(hash);
            }
            hashes[slot] = hash;
            size++;
        }
        slices[slot] = slice;
    }

    /** Removes a hash if no later slice than this one holds it. */
    void remove(long hash, int slice) {
        int slot = slotOf(hash);
        if (hashes[slot] != 0 && slices[slot] == slice) {
            size--;
            close(slot);
        }
    }

    /** Moves up what a free place would cut off from where its probing begins. */
    private void close(int slot) {
        int mask = hashes.length - 1;
        int free = slot;
        for (int next = (free + 1) & mask; hashes[next] != 0; next = (next + 1) & mask) {
            int home = home(hashes[next]);
            if (((next - home) & mask) >= ((next - free) & mask)) {
                hashes[free] = hashes[next];
                slices[free] = slices[next];
                free = next;
            }
        }
        hashes[free] = 0;
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldSlices = slices;
        hashes = new long[2 * oldHashes.length];
        slices = new int[2 * oldSlices.length];
        for (int i = 0; i < oldHashes.length; i++) {
            if (oldHashes[i] != 0) {
                int slot = slotOf(oldHashes[i]);
                hashes[slot] = oldHashes[i];
                slices[slot] = oldSlices[i];
            }
        }
    }

    /** Where a hash is, or would be put. */
    private int slotOf(long hash) {
        int mask = hashes.length - 1;
        int slot = home(hash);
        while (hashes[slot] != 0 && hashes[slot] != hash) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int home(long hash) {
        return (int) hash & (hashes.length - 1);
    }
}
