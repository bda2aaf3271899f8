package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

/**
 * The members that objects at one node of a projection had lately, in their order. Producers write
 * event after event alike, so the next name is mostly known before it is read, and two comparisons
 * of eight bytes take the place of scanning it and looking it up.
 *
 * <p>A guess, never more: what is found is compared with the bytes at hand. Threads share it
 * without synchronising; a {@link Member} is immutable, so one that is read is whole, and an entry
 * that is old or lost costs time alone. Follows speculative parsing in <a
 * href="https://www.vldb.org/pvldb/vol10/p1118-li.pdf">Mison (VLDB 2017)</a>.
 */
final class MemberOrder {
    /** Members behind these are looked up each time. */
    private static final int LENGTH_MAX = 64;

    /** So many places are looked at, since members may be left out. */
    private static final int LOOK_AHEAD = 8;

    /** Of so many surprises one is remembered, so that names that never come again cost little. */
    private static final int LEARN_EVERY = 8;

    /** From the quote before a name to the colon behind it. */
    static final int TOKEN_BYTES_MAX = 2 * Long.BYTES;

    /** The last places stay empty, so that looking ahead needs no bound. */
    private final @Nullable Member[] members = new Member[LENGTH_MAX + LOOK_AHEAD];

    private int surprises;

    /**
     * A name with its quotes and colon, as it is written without white space.
     *
     * @param length of the token
     * @param child what stands under the name; null if nobody asked for it
     */
    record Member(
            int place,
            int length,
            long low,
            long lowMask,
            long high,
            long highMask,
            Projection.@Nullable Node child) {

        private boolean isAt(long lowBytes, long highBytes) {
            return (lowBytes & lowMask) == low && (highBytes & highMask) == high;
        }
    }

    /**
     * The member whose token stands at {@code at}, if it is the one expected at a place or soon
     * after it.
     *
     * @param at with {@link #TOKEN_BYTES_MAX} bytes behind it
     */
    @Nullable Member find(int place, byte[] bytes, int at) {
        long low = Bytes.word(bytes, at);
        long high = Bytes.word(bytes, at + Long.BYTES);
        for (int i = place; i < place + LOOK_AHEAD; i++) {
            Member member = members[i];
            if (member != null && member.isAt(low, high)) {
                return member;
            }
        }
        return null;
    }

    /** The place behind another. */
    static int after(int place) {
        return Math.min(place + 1, LENGTH_MAX);
    }

    /**
     * Takes note of a token that was not expected at a place.
     *
     * @param at with {@link #TOKEN_BYTES_MAX} bytes behind it
     * @param length of the token, up to {@link #TOKEN_BYTES_MAX}
     */
    void surprise(int place, byte[] bytes, int at, int length, Projection.@Nullable Node child) {
        if (surprises++ % LEARN_EVERY != 0 || place == LENGTH_MAX) {
            return;
        }
        long lowMask = mask(length);
        long highMask = mask(length - Long.BYTES);
        members[place] =
                new Member(
                        place,
                        length,
                        Bytes.word(bytes, at) & lowMask,
                        lowMask,
                        Bytes.word(bytes, at + Long.BYTES) & highMask,
                        highMask,
                        child);
    }

    /** Of the first bytes of a word. */
    private static long mask(int length) {
        if (length <= 0) {
            return 0;
        }
        return length >= Long.BYTES ? -1L : (1L << length * Byte.SIZE) - 1;
    }
}
