package dev.millrace.core.aggregate;

import dev.millrace.core.event.KeyBuffer;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A hash table from encoded group keys to rows of longs and sketches, laid out as flat arrays: keys
 * one behind the other in one byte array, longs one behind the other in one long array, and an
 * open-addressing index over them. A row costs its key, its longs and 24 to 48 bytes; there is no
 * object per group but the sketches, so a million of them is nothing to the garbage collector.
 *
 * <p>Rows are numbered in order of arrival and never removed. Confined to one thread.
 */
final class GroupTable implements Accumulators {
    static final int NONE = -1;

    /** About what one without rows takes. */
    static final int EMPTY_BYTES = 1_024;

    private static final int FIRST_CAPACITY = 16;

    /** What a key is taken to have, where nothing is known. */
    private static final int KEY_BYTES = 16;

    /** Longs of a row before its lead: where its key begins, in the upper half, and its hash. */
    private static final int KEY = 1;

    private static final long HASH = 0xFFFF_FFFFL;

    private final int lead;
    private final int stride;
    private final int sketchesPerRow;
    private byte[] keys;
    private long[] cells;
    private @Nullable Sketch[] sketches;
    private int size;
    private int keysEnd;

    /*
     * A table of a million groups is larger than the cache, so that what counts is how many places
     * of memory a look-up goes to, and whether it must wait for one before it can go to the next.
     * The hash stands in the index: the row of another key is passed over without a look at it.
     * Where the key is stands in the row, which is needed anyway.
     */

    /**
     * By hash, the hash in the upper half and row number + 1 in the lower, 0 where free; its length
     * is a power of two and at least twice the number of rows.
     */
    private long[] index;

    /**
     * @param lead longs of a row before its accumulator, for the use of the table's owner
     * @param cells longs of its accumulator
     * @param sketches objects of its accumulator
     */
    GroupTable(int lead, int cells, int sketches) {
        this(lead, cells, sketches, Room.of(FIRST_CAPACITY));
    }

    /** The same, with room for so much before it first grows. */
    GroupTable(int lead, int cells, int sketches, Room room) {
        int capacity = Math.max(FIRST_CAPACITY, room.rows());
        this.lead = KEY + lead;
        this.stride = this.lead + cells;
        this.sketchesPerRow = sketches;
        this.keys = new byte[Math.max(FIRST_CAPACITY * KEY_BYTES, room.keyBytes())];
        this.cells = new long[Math.multiplyExact(capacity, stride)];
        this.sketches = new Sketch[Math.multiplyExact(capacity, sketches)];
        this.index = newIndex(capacity);
    }

    private static long[] newIndex(int capacity) {
        return new long[Math.multiplyExact(Integer.highestOneBit(2 * capacity - 1), 2)];
    }

    /** How much one may hold. */
    record Room(int rows, int keyBytes) {
        static final Room LEAST = new Room(0, 0);

        private static final int BYTES_MAX = Integer.MAX_VALUE - 8;

        static Room of(int rows) {
            return new Room(rows, (int) Math.min((long) rows * KEY_BYTES, BYTES_MAX));
        }

        /** The same and an eighth more. */
        private Room andSome() {
            return new Room(
                    rows + (rows >> 3),
                    (int) Math.min((long) keyBytes + (keyBytes >> 3), BYTES_MAX));
        }
    }

    int size() {
        return size;
    }

    /** Room for as much as it holds, and some more. */
    Room roomForAnother() {
        return new Room(size, keysEnd).andSome();
    }

    /** The longs of all rows, leads included. */
    @Override
    public long[] cells() {
        return cells;
    }

    @Override
    public @Nullable Sketch[] sketches() {
        return sketches;
    }

    /** Where the lead of a row begins in {@link #cells}. */
    int leadAt(int row) {
        return row * stride + KEY;
    }

    @Override
    public int at(int row) {
        return row * stride + lead;
    }

    @Override
    public int sketchesAt(int row) {
        return row * sketchesPerRow;
    }

    /** The row of a key, or {@link #NONE}. */
    int find(KeyBuffer key) {
        return find(key.bytes(), 0, key.length(), key.hash());
    }

    /** The row of a key, a new one of zeros if there is none. */
    int findOrAdd(KeyBuffer key) {
        return findOrAdd(key.bytes(), 0, key.length(), key.hash());
    }

    /** The row here of the key of row {@code row} of another table. */
    int find(GroupTable other, int row) {
        return find(other.keys, other.keyStart(row), other.keyLength(row), other.hash(row));
    }

    /**
     * The row here of the key of row {@code row} of another table, a new one of zeros if there is
     * none.
     */
    int findOrAdd(GroupTable other, int row) {
        return findOrAdd(other.keys, other.keyStart(row), other.keyLength(row), other.hash(row));
    }

    /**
     * Finds many rows: {@code found[i]} becomes the row here of the key of row {@code from + i} of
     * another table, or {@link #NONE}. In steps, each for all of them, so that the processor waits
     * for the memory of many at a time.
     *
     * @param count at most the length of {@code found}
     */
    void findAll(GroupTable other, int from, int[] found, int count) {
        long[] entries = new long[count];
        int mask = index.length - 1;
        for (int i = 0; i < count; i++) {
            entries[i] = index[other.hash(from + i) & mask];
        }
        long[] places = new long[count];
        for (int i = 0; i < count; i++) {
            int hash = other.hash(from + i);
            long entry = entries[i];
            for (int slot = hash; entry != 0 && hashOf(entry) != hash; ) {
                entry = index[++slot & mask];
            }
            found[i] = rowOf(entry);
            places[i] = entry == 0 ? 0 : keyPlace(found[i]);
        }
        for (int i = 0; i < count; i++) {
            if (found[i] != NONE && !sameKeys(places[i], other, other.keyPlace(from + i))) {
                found[i] = find(other, from + i);
            }
        }
    }

    private boolean sameKeys(long place, GroupTable other, long otherPlace) {
        return Arrays.equals(
                keys, start(place), end(place), other.keys, start(otherPlace), end(otherPlace));
    }

    /** A new row of zeros for the key of row {@code row} of another table, which has none here. */
    int add(GroupTable other, int row) {
        return add(other.keys, other.keyStart(row), other.keyLength(row), other.hash(row));
    }

    /** A copy of a row's key. */
    byte[] key(int row) {
        return copy(keyPlace(row));
    }

    /** Copies of the keys of {@code rows[from]} and on, as {@link #findAll} finds many rows. */
    void keys(int[] rows, int from, byte[][] copies, int count) {
        long[] places = new long[count];
        for (int i = 0; i < count; i++) {
            places[i] = keyPlace(rows[from + i]);
        }
        for (int i = 0; i < count; i++) {
            copies[i] = copy(places[i]);
        }
    }

    private byte[] copy(long place) {
        return Arrays.copyOfRange(keys, start(place), end(place));
    }

    /**
     * Writes a row's key to {@code out[at]} and on.
     *
     * @return where it ends
     */
    int putKey(int row, byte[] out, int at) {
        int length = keyLength(row);
        System.arraycopy(keys, keyStart(row), out, at, length);
        return at + length;
    }

    /** Rows in the order of their keys' unsigned bytes. */
    int[] byKey() {
        return IntStream.range(0, size)
                .boxed()
                .sorted(this::compareKeys)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private int compareKeys(int row, int other) {
        return Arrays.compareUnsigned(
                keys, keyStart(row), keyEnd(row), keys, keyStart(other), keyEnd(other));
    }

    private int find(byte[] key, int offset, int length, int hash) {
        int mask = index.length - 1;
        int slot = hash & mask;
        for (long entry = index[slot]; entry != 0; entry = index[slot]) {
            if (hashOf(entry) == hash) {
                int row = rowOf(entry);
                long place = keyPlace(row);
                if (Arrays.equals(keys, start(place), end(place), key, offset, offset + length)) {
                    return row;
                }
            }
            slot = (slot + 1) & mask;
        }
        return NONE;
    }

    private static int hashOf(long entry) {
        return (int) (entry >>> Integer.SIZE);
    }

    /** {@link #NONE} of one that is free. */
    private static int rowOf(long entry) {
        return (int) entry - 1;
    }

    private int findOrAdd(byte[] key, int offset, int length, int hash) {
        int row = find(key, offset, length, hash);
        return row != NONE ? row : add(key, offset, length, hash);
    }

    private int add(byte[] key, int offset, int length, int hash) {
        if (size == capacity()) {
            grow();
        }
        int row = size++;
        int start = keysEnd;
        if (keys.length - start < length) {
            keys =
                    Arrays.copyOf(
                            keys,
                            Math.max(
                                    Math.addExact(start, length),
                                    (int) Math.min(keys.length * 2L, Integer.MAX_VALUE - 8)));
        }
        System.arraycopy(key, offset, keys, start, length);
        keysEnd = start + length;
        cells[row * stride] = (long) start << Integer.SIZE | hash & HASH;
        enter(row);
        return row;
    }

    private void grow() {
        int capacity = Math.multiplyExact(capacity(), 2);
        cells = Arrays.copyOf(cells, Math.multiplyExact(capacity, stride));
        sketches = Arrays.copyOf(sketches, Math.multiplyExact(capacity, sketchesPerRow));
        index = newIndex(capacity);
        for (int row = 0; row < size; row++) {
            enter(row);
        }
    }

    private void enter(int row) {
        int mask = index.length - 1;
        int slot = hash(row) & mask;
        while (index[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        index[slot] = (long) hash(row) << Integer.SIZE | row + 1;
    }

    private int capacity() {
        return cells.length / stride;
    }

    private int hash(int row) {
        return (int) cells[row * stride];
    }

    /** Where a key begins, in the upper half, and ends: where the next begins. */
    private long keyPlace(int row) {
        long end = row + 1 < size ? cells[(row + 1) * stride] >>> Integer.SIZE : keysEnd;
        return cells[row * stride] & ~HASH | end;
    }

    private static int start(long place) {
        return (int) (place >>> Integer.SIZE);
    }

    private static int end(long place) {
        return (int) place;
    }

    private int keyStart(int row) {
        return start(keyPlace(row));
    }

    private int keyEnd(int row) {
        return end(keyPlace(row));
    }

    /** Bytes of a row's key. */
    int keyLength(int row) {
        return keyEnd(row) - keyStart(row);
    }
}
