package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Objects;

/**
 * The sources of one batch, numbered in the order in which they first occur, so that whoever counts
 * by source looks at an int. Told apart by how they are spelt: one that is written with escapes and
 * without has two numbers. Immutable and thread-safe.
 *
 * <p>A pass of its own over the finished rows, so that the reader's loop stays as small as it is. A
 * table is made for a batch of several sources only.
 */
final class SourceNumbers {
    private static final int FIRST_CAPACITY = 32;

    /** So sparse that the first look nearly always hits: sources may come in no order. */
    private static final int SLOTS_PER_SOURCE = 4;

    /** By event; null where all have the same. */
    private final int @Nullable [] numbers;

    /** By number: start and packed length of the first occurrence. */
    private final int[] places;

    private SourceNumbers(int @Nullable [] numbers, int[] places) {
        this.numbers = numbers;
        this.places = places;
    }

    /**
     * @param size how many rows {@code table} has, {@code stride} ints each
     */
    static SourceNumbers of(byte[] bytes, int size, int[] table, int stride) {
        if (size == 0) {
            return new SourceNumbers(null, new int[0]);
        }
        int first = Place.column(0, Projection.SOURCE);
        int start = table[first];
        int packed = table[first + 1];
        int same = 1;
        for (int column = first + stride; same < size; column += stride) {
            if (!equal(bytes, table[column], table[column + 1], start, packed)) {
                return new Numbering(bytes, table).several(size, first, stride, same);
            }
            same++;
        }
        return new SourceNumbers(null, new int[] {start, packed});
    }

    private static boolean equal(byte[] bytes, int start, int packed, int other, int otherPacked) {
        int length = Place.length(packed);
        return packed == otherPacked
                && Arrays.equals(bytes, start, start + length, bytes, other, other + length);
    }

    /** How many numbers there are, from 0. */
    int count() {
        return places.length / 2;
    }

    int of(int index, int size) {
        return numbers == null ? 0 : numbers[Objects.checkIndex(index, size)];
    }

    Place locate(int number, byte[] bytes, Place place) {
        return place.at(bytes, places[2 * number], places[2 * number + 1]);
    }

    /** The numbering of a batch of several sources. */
    private static final class Numbering {
        private final byte[] bytes;
        private final int[] table;
        private int[] places = new int[FIRST_CAPACITY];
        private int count;

        /** Numbers plus one by hash, open addressing. */
        private int[] slots = new int[FIRST_CAPACITY];

        /** By slot. */
        private long[] hashes = new long[FIRST_CAPACITY];

        Numbering(byte[] bytes, int[] table) {
            this.bytes = bytes;
            this.table = table;
        }

        /**
         * @param same how many of the first rows have one source
         */
        SourceNumbers several(int size, int firstColumn, int stride, int same) {
            int[] numbers = new int[size];
            int _ = number(table[firstColumn], table[firstColumn + 1]);
            int column = firstColumn + same * stride;
            for (int i = same; i < size; i++) {
                numbers[i] = number(table[column], table[column + 1]);
                column += stride;
            }
            return new SourceNumbers(numbers, Arrays.copyOf(places, 2 * count));
        }

        private int number(int start, int packed) {
            long hash = Bytes.longHash(bytes, start, Place.length(packed));
            int mask = slots.length - 1;
            int at = Bytes.fold(hash) & mask;
            while (slots[at] != 0) {
                if (hashes[at] == hash && isAt(slots[at] - 1, start, packed)) {
                    return slots[at] - 1;
                }
                at = at + 1 & mask;
            }
            return add(at, hash, start, packed);
        }

        /** Strings of one length up to eight bytes with one hash are equal. */
        private boolean isAt(int number, int start, int packed) {
            int otherPacked = places[2 * number + 1];
            return Place.length(packed) <= Long.BYTES
                    ? packed == otherPacked
                    : equal(bytes, start, packed, places[2 * number], otherPacked);
        }

        private int add(int at, long hash, int start, int packed) {
            if (2 * count == places.length) {
                places = Arrays.copyOf(places, 2 * places.length);
            }
            places[2 * count] = start;
            places[2 * count + 1] = packed;
            count++;
            slots[at] = count;
            hashes[at] = hash;
            if (SLOTS_PER_SOURCE * count > slots.length) {
                grow();
            }
            return count - 1;
        }

        private void grow() {
            int[] table = new int[2 * slots.length];
            long[] ofTable = new long[table.length];
            for (int old = 0; old < slots.length; old++) {
                if (slots[old] != 0) {
                    int at = Bytes.fold(hashes[old]) & table.length - 1;
                    while (table[at] != 0) {
                        at = at + 1 & table.length - 1;
                    }
                    table[at] = slots[old];
                    ofTable[at] = hashes[old];
                }
            }
            slots = table;
            hashes = ofTable;
        }
    }
}
