package dev.millrace.core.task;

/**
 * Remembers the ids of the events of one partition for a time after their receipt, at most a given
 * number of them. An id is a 128-bit hash, so two different ids are taken for one with a chance of
 * about n² / 2¹²⁹.
 *
 * <p>A ring holds the ids in order of receipt, 24 bytes each; an open-addressing table, 16 bytes an
 * id, finds them. A slot of the table holds half of the hash beside the ring position, so that
 * looking for an id that is new, the ordinary case, touches one place in memory and not the ring.
 * Forgetting takes from the ring's head and closes the gap in the table (Knuth, TAOCP 6.4,
 * Algorithm R), so there are no tombstones and no pauses. Memory grows with the ids, by doubling.
 *
 * <p>With millions of ids each look-up misses the processor's caches. {@link #lookAhead} looks at
 * the places of many ids at once: the processor then waits for all of them together. Confined to
 * one thread.
 */
final class DedupeIndex {
    private static final int FIRST_CAPACITY = 1024;
    private static final long FREE = 0;

    /** What an id costs at most, between two doublings. */
    static final int BYTES_PER_ID = 2 * (3 * Long.BYTES + 2 * Long.BYTES);

    private final long horizonMs;
    private final int limit;

    private long[] ids = new long[2 * FIRST_CAPACITY];
    private long[] receiptsMs = new long[FIRST_CAPACITY];
    private int head;
    private int size;

    /** Of no meaning: were what is looked at not kept, the compiler would not look. */
    @SuppressWarnings("UnusedVariable")
    private long seenAhead;

    /**
     * By hash: its lower half in the upper 32 bits, ring position + 1 in the lower; twice as long
     * as the ring.
     */
    private long[] table = new long[2 * FIRST_CAPACITY];

    /**
     * @param horizonMs how long after receipt an id is remembered; 0: nothing is
     * @param limit ids remembered at most; the oldest go first
     */
    DedupeIndex(long horizonMs, int limit) {
        if (horizonMs < 0 || limit < 1) {
            throw new IllegalArgumentException("horizon " + horizonMs + " ms, limit " + limit);
        }
        this.horizonMs = horizonMs;
        this.limit = limit;
    }

    boolean isOff() {
        return horizonMs == 0;
    }

    long horizonMs() {
        return horizonMs;
    }

    int size() {
        return size;
    }

    /**
     * Enters an id.
     *
     * @param receivedAtMs not before that of the last one
     * @return false if it is remembered already
     */
    boolean add(long high, long low, long receivedAtMs) {
        forgetBefore(receivedAtMs - horizonMs);
        int slot = slotOf(high, low);
        if (table[slot] != FREE) {
            return false;
        }
        if (makeRoom()) {
            slot = slotOf(high, low);
        }
        enter(slot, high, low, receivedAtMs);
        return true;
    }

    /**
     * Enters an id that was taken before. Where it is there already, it had been forgotten by the
     * time at which it was taken anew, and is remembered from then on.
     *
     * @param receivedAtMs not before that of the last one
     */
    void restore(long high, long low, long receivedAtMs) {
        forgetBefore(receivedAtMs - horizonMs);
        boolean _ = makeRoom();
        enter(slotOf(high, low), high, low, receivedAtMs);
    }

    /**
     * Brings the places of ids that are about to be entered into the caches, and of those that the
     * limit makes it forget for them.
     *
     * @param hashes two longs each
     */
    void lookAhead(long[] hashes, int count) {
        int mask = table.length - 1;
        long seen = 0;
        for (int i = 0; i < count; i++) {
            seen ^= table[(int) hashes[2 * i] & mask];
        }
        int forgotten = Math.min(size, Math.max(0, size + count - limit));
        for (int i = 0; i < forgotten; i++) {
            int position = (head + i) & (receiptsMs.length - 1);
            seen ^= table[(int) ids[2 * position] & mask];
        }
        seenAhead ^= seen;
    }

    /** Whether slots have moved for it. */
    private boolean makeRoom() {
        if (size == limit) {
            forgetOldest();
            return true;
        }
        if (size == receiptsMs.length) {
            grow();
            return true;
        }
        return false;
    }

    private void enter(int slot, long high, long low, long receivedAtMs) {
        int position = (head + size) & (receiptsMs.length - 1);
        ids[2 * position] = high;
        ids[2 * position + 1] = low;
        receiptsMs[position] = receivedAtMs;
        table[slot] = entry(high, position);
        size++;
    }

    /**
     * How far back from {@code nowMs} every id is remembered: the horizon, or less where the limit
     * bites.
     */
    long holdsMs(long nowMs) {
        return size < limit ? horizonMs : Math.min(horizonMs, nowMs - receiptsMs[head]);
    }

    /** Enters all of another index's ids, as far as they still count. */
    void takeOver(DedupeIndex other) {
        for (int i = 0; i < other.size; i++) {
            int position = (other.head + i) & (other.receiptsMs.length - 1);
            restore(
                    other.ids[2 * position],
                    other.ids[2 * position + 1],
                    other.receiptsMs[position]);
        }
    }

    private void forgetBefore(long timeMs) {
        while (size > 0 && receiptsMs[head] <= timeMs) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        int slot = slotOf(ids[2 * head], ids[2 * head + 1]);
        boolean takenAnew = position(table[slot]) != head;
        if (!takenAnew) {
            free(slot);
        }
        head = (head + 1) & (receiptsMs.length - 1);
        size--;
    }

    private void free(int freed) {
        int gap = freed;
        int mask = table.length - 1;
        table[gap] = FREE;
        for (int slot = (gap + 1) & mask; table[slot] != FREE; slot = (slot + 1) & mask) {
            int home = (int) (table[slot] >>> 32) & mask;
            boolean reachesGap = ((slot - home) & mask) >= ((slot - gap) & mask);
            if (reachesGap) {
                table[gap] = table[slot];
                table[slot] = FREE;
                gap = slot;
            }
        }
    }

    /** Where the id stands in the table, or the free slot where it belongs. */
    private int slotOf(long high, long low) {
        int mask = table.length - 1;
        int half = (int) high;
        int slot = half & mask;
        while (table[slot] != FREE && !holds(table[slot], half, high, low)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean holds(long entry, int half, long high, long low) {
        if ((int) (entry >>> 32) != half) {
            return false;
        }
        int position = position(entry);
        return ids[2 * position] == high && ids[2 * position + 1] == low;
    }

    private static long entry(long high, int position) {
        return high << 32 | (position + 1);
    }

    private static int position(long entry) {
        return (int) entry - 1;
    }

    private void grow() {
        int capacity = Math.multiplyExact(receiptsMs.length, 2);
        long[] newIds = new long[Math.multiplyExact(capacity, 2)];
        long[] newReceiptsMs = new long[capacity];
        int tail = receiptsMs.length - head;
        System.arraycopy(ids, 2 * head, newIds, 0, 2 * tail);
        System.arraycopy(ids, 0, newIds, 2 * tail, 2 * head);
        System.arraycopy(receiptsMs, head, newReceiptsMs, 0, tail);
        System.arraycopy(receiptsMs, 0, newReceiptsMs, tail, head);
        ids = newIds;
        receiptsMs = newReceiptsMs;
        head = 0;
        table = new long[2 * capacity];
        for (int position = 0; position < size; position++) {
            table[slotOf(ids[2 * position], ids[2 * position + 1])] =
                    entry(ids[2 * position], position);
        }
    }
}
