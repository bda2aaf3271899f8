package dev.millrace.core.task;

/**
 * Remembers the ids of the events of one partition for a time after their receipt, at most a given
 * number of them. An id is a 128-bit hash, so two different ids are taken for one with a chance of
 * about n² / 2¹²⁹.
 *
 * <p>A queue holds the ids in order of receipt, 16 bytes each; another one the times of receipt,
 * once for all ids that came at one time. An open-addressing table, 16 to 24 bytes for each of as
 * many ids as there ever were at once, finds them. A slot of the table holds half of the hash
 * beside the id's number, so that looking for an id that is new, the ordinary case, touches one
 * place in memory and not the queue. Forgetting takes from the queue's head and closes the gap in
 * the table (Knuth, TAOCP 6.4, Algorithm R), so there are no tombstones and no pauses.
 *
 * <p>An id's first place in the table is in proportion to its half hash (Lemire, "Fast random
 * integer generation in an interval", 2019), so that the table can have any length, and one that
 * grows is copied from front to back.
 *
 * <p>With millions of ids each look-up misses the processor's caches. {@link #lookAhead} looks at
 * the places of many ids at once: the processor then waits for all of them together. Confined to
 * one thread.
 */
final class DedupeIndex {
    private static final int FIRST_SLOTS = 1024;
    private static final long FREE = 0;

    /** What an id costs at most: one that came alone, just after the table has grown. */
    static final int BYTES_PER_ID = 2 * Long.BYTES + 2 * Long.BYTES + 3 * Long.BYTES;

    private final long horizonMs;
    private final int limit;

    /** Both halves of each hash. */
    private final LongQueue ids;

    /** Each time of receipt, and the number of the first id that came then. */
    private final LongQueue receipts = new LongQueue(0);

    private long oldestMs;
    private long newestMs;

    /** Ids have running numbers; this is the one of the oldest that is remembered. */
    private long first;

    private int size;

    /** Of no meaning: were what is looked at not kept, the compiler would not look. */
    @SuppressWarnings("UnusedVariable")
    private long seenAhead;

    /**
     * Entries: the lower half of the hash's first half in the upper 32 bits, the number modulo 2³¹
     * plus 1 in the lower. Half of the slots are in use at most, and a third when it has grown.
     */
    private long[] table = new long[FIRST_SLOTS];

    /**
     * @param horizonMs how long after receipt an id is remembered; 0: nothing is
     * @param limit ids remembered at most; the oldest go first
     */
    DedupeIndex(long horizonMs, int limit) {
        this(horizonMs, limit, 0);
    }

    /**
     * @param first the number of the first id; twice that is a multiple of {@link LongQueue#CHUNK}
     */
    DedupeIndex(long horizonMs, int limit, long first) {
        if (horizonMs < 0 || limit < 1) {
            throw new IllegalArgumentException("horizon " + horizonMs + " ms, limit " + limit);
        }
        this.horizonMs = horizonMs;
        this.limit = limit;
        this.first = first;
        this.ids = new LongQueue(2 * first);
    }

    /** What it holds on to. */
    long bytes() {
        return ids.bytes() + receipts.bytes() + (long) table.length * Long.BYTES;
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
        long seen = 0;
        for (int i = 0; i < count; i++) {
            seen ^= table[home(hashes[2 * i])];
        }
        int forgotten = Math.min(size, Math.max(0, size + count - limit));
        for (int i = 0; i < forgotten; i++) {
            seen ^= table[home(ids.get(2 * (first + i)))];
        }
        seenAhead ^= seen;
    }

    /** Whether slots have moved for it. */
    private boolean makeRoom() {
        if (size == limit) {
            forgetOldest();
            return true;
        }
        if (size >= table.length / 2) {
            grow();
            return true;
        }
        return false;
    }

    private void enter(int slot, long high, long low, long receivedAtMs) {
        long number = first + size;
        if (size == 0 || receivedAtMs != newestMs) {
            receipts.add(receivedAtMs);
            receipts.add(number);
            newestMs = receivedAtMs;
            oldestMs = size == 0 ? receivedAtMs : oldestMs;
        }
        ids.add(high);
        ids.add(low);
        table[slot] = entry(high, number);
        size++;
    }

    /**
     * How far back from {@code nowMs} every id is remembered: the horizon, or less where the limit
     * bites.
     */
    long holdsMs(long nowMs) {
        return size < limit ? horizonMs : Math.min(horizonMs, nowMs - oldestMs);
    }

    /** Enters all of another index's ids, as far as they still count. */
    void takeOver(DedupeIndex other) {
        long end = other.first + other.size;
        for (long receipt = other.receipts.first(); receipt < other.receipts.end(); receipt += 2) {
            long receivedAtMs = other.receipts.get(receipt);
            long from = Math.max(other.first, other.receipts.get(receipt + 1));
            long to = receipt + 2 < other.receipts.end() ? other.receipts.get(receipt + 3) : end;
            for (long number = from; number < to; number++) {
                restore(other.ids.get(2 * number), other.ids.get(2 * number + 1), receivedAtMs);
            }
        }
    }

    private void forgetBefore(long timeMs) {
        while (size > 0 && oldestMs <= timeMs) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        long high = ids.get(2 * first);
        long entry = entry(high, first);
        int slot = home(high);
        while (table[slot] != FREE && table[slot] != entry) {
            slot = after(slot);
        }
        boolean takenAnew = table[slot] == FREE;
        if (!takenAnew) {
            free(slot);
        }
        first++;
        size--;
        ids.dropBefore(2 * first);
        forgetReceipts();
    }

    /** Drops the times at which nothing came that is still remembered. */
    private void forgetReceipts() {
        long next = receipts.first() + 2;
        if (size == 0) {
            receipts.dropBefore(receipts.end());
        } else if (next < receipts.end() && receipts.get(next + 1) == first) {
            receipts.dropBefore(next);
            oldestMs = receipts.get(next);
        }
    }

    private void free(int freed) {
        int gap = freed;
        table[gap] = FREE;
        for (int slot = after(gap); table[slot] != FREE; slot = after(slot)) {
            int home = home(table[slot] >>> Integer.SIZE);
            boolean reachesGap = distance(home, slot) >= distance(gap, slot);
            if (reachesGap) {
                table[gap] = table[slot];
                table[slot] = FREE;
                gap = slot;
            }
        }
    }

    private int distance(int from, int to) {
        int distance = to - from;
        return distance < 0 ? distance + table.length : distance;
    }

    private int after(int slot) {
        return slot + 1 == table.length ? 0 : slot + 1;
    }

    /** Where the search for a hash begins; its lower 32 bits say where. */
    private int home(long high) {
        return (int) ((high & 0xffff_ffffL) * table.length >>> Integer.SIZE);
    }

    /** Where the id stands in the table, or the free slot where it belongs. */
    private int slotOf(long high, long low) {
        int slot = home(high);
        while (table[slot] != FREE && !holds(table[slot], high, low)) {
            slot = after(slot);
        }
        return slot;
    }

    private boolean holds(long entry, long high, long low) {
        if ((int) (entry >>> Integer.SIZE) != (int) high) {
            return false;
        }
        // The number that has these 31 bits, of those that are remembered.
        long number = first + ((int) (entry - 1 - first) & Integer.MAX_VALUE);
        return ids.get(2 * number) == high && ids.get(2 * number + 1) == low;
    }

    private static long entry(long high, long number) {
        return high << Integer.SIZE | ((number & Integer.MAX_VALUE) + 1);
    }

    private void grow() {
        long[] before = table;
        table = new long[Math.addExact(before.length, before.length / 2)];
        for (long entry : before) {
            if (entry != FREE) {
                int slot = home(entry >>> Integer.SIZE);
                while (table[slot] != FREE) {
                    slot = after(slot);
                }
                table[slot] = entry;
            }
        }
    }
}
