package dev.millrace.core.aggregate;

import java.util.Arrays;

/**
 * The different hashes of a moving window, while there are at most {@code max}; of more, those that
 * came last, always more than {@code max} of them. So it knows when there are few, and then which,
 * in a bounded number of hashes, however many the window holds. Where it is known by other means
 * that there are many, it need not count, and takes hashes in without a look at the others.
 * Confined to one thread.
 *
 * <p>A queue with an index. What leaves the queue stays in the index, where its place tells that it
 * is gone, until both are packed: so only the entering of a hash waits for a random place of
 * memory.
 */
final class RecentHashes {
    private static final int FIRST_CAPACITY = 4;

    /** Stands where a hash was that came again, and in the index for a free place. */
    private static final int NONE = 0;

    private final int max;

    /** In the order in which they entered. */
    private long[] hashes = new long[FIRST_CAPACITY];

    private int[] slices = new int[FIRST_CAPACITY];
    private int head;
    private int tail;

    /**
     * An open-addressing table with linear probing, at most half full: of each hash that is counted
     * its upper half, then its last place in the queue, plus 1.
     */
    private long[] index = new long[2 * FIRST_CAPACITY];

    private int size;
    private boolean isCounting = true;

    RecentHashes(int max) {
        this.max = max;
    }

    /**
     * How many the window holds if that is at most {@code max}; else more than that. Asked for
     * while they are counted.
     */
    int size() {
        return size;
    }

    /**
     * @param hash not 0
     * @param slice its number, not less than those before
     */
    void put(long hash, int slice) {
        if (tail == hashes.length) {
            makeRoom();
        }
        hashes[tail] = hash;
        slices[tail] = slice;
        if (isCounting) {
            count(tail);
        }
        tail++;
    }

    private void count(int place) {
        long hash = hashes[place];
        int mask = index.length - 1;
        int slot = (int) hash & mask;
        while (index[slot] != NONE && !isOf(hash, index[slot])) {
            slot = (slot + 1) & mask;
        }
        int before = placeOf(index[slot]);
        if (index[slot] != NONE && before >= head) {
            hashes[before] = NONE;
        } else {
            size++;
        }
        index[slot] = hash >>> Integer.SIZE << Integer.SIZE | place + 1;
        while (size > max + 1) {
            removeFirst();
        }
    }

    private boolean isOf(long hash, long entry) {
        return entry >>> Integer.SIZE == hash >>> Integer.SIZE && hashes[placeOf(entry)] == hash;
    }

    private static int placeOf(long entry) {
        return (int) entry - 1;
    }

    /** Lets a slice go, the oldest of the window. */
    void remove(int slice) {
        while (head < tail && slices[head] == slice) {
            removeFirst();
        }
    }

    private void removeFirst() {
        if (hashes[head++] != NONE) {
            size--;
        }
    }

    /** Stops counting, until {@link #startCounting}, as there are more than {@code max}. */
    void stopCounting() {
        isCounting = false;
    }

    void startCounting() {
        isCounting = true;
        size = 0;
        Arrays.fill(index, NONE);
        for (int place = head; place < tail; place++) {
            if (hashes[place] != NONE) {
                count(place);
            }
        }
    }

    /** Visits what entered and neither left nor came again, in order. */
    void forEach(Visitor visitor) {
        for (int place = head; place < tail; place++) {
            if (hashes[place] != NONE) {
                visitor.hash(hashes[place], slices[place]);
            }
        }
    }

    /** Packs what is counted, into arrays twice as large if it would fill the half. */
    private void makeRoom() {
        boolean wasCounting = isCounting;
        if (!isCounting) {
            startCounting();
        }
        boolean grows = 2 * size > hashes.length;
        long[] newHashes = grows ? new long[2 * hashes.length] : hashes;
        int[] newSlices = grows ? new int[2 * slices.length] : slices;
        int newTail = 0;
        for (int place = head; place < tail; place++) {
            if (hashes[place] != NONE) {
                newHashes[newTail] = hashes[place];
                newSlices[newTail++] = slices[place];
            }
        }
        hashes = newHashes;
        slices = newSlices;
        index = grows ? new long[2 * index.length] : index;
        head = 0;
        tail = newTail;
        if (wasCounting) {
            startCounting();
        } else {
            stopCounting();
        }
    }

    /** Receives hashes with the numbers of their slices. */
    @FunctionalInterface
    interface Visitor {
        void hash(long hash, int slice);
    }
}
