package dev.millrace.core.aggregate;

import org.apache.datasketches.hash.MurmurHash3;

/**
 * What a HyperLogLog sketch of DataSketches keeps of an item, by which its stored forms and ours
 * agree: an address of 26 bits, of which the lowest choose the register, and above it the value, 1
 * to 63, that the register is raised to. Never 0.
 */
final class HllCoupon {
    private static final int ADDRESS_BITS = 26;
    private static final int ADDRESS_MASK = (1 << ADDRESS_BITS) - 1;
    private static final int ZEROS_MAX = 62;

    /** The library's default. */
    private static final long SEED = 9_001;

    private HllCoupon() {}

    /** The coupon of an item that is a long. */
    static int of(long item) {
        long[] hash = MurmurHash3.hash(item, SEED);
        int zeros = Math.min(Long.numberOfLeadingZeros(hash[1]), ZEROS_MAX);
        return of((int) hash[0] & ADDRESS_MASK, zeros + 1);
    }

    static int of(int address, int value) {
        return value << ADDRESS_BITS | address;
    }

    /** 0 for 0, which is none. */
    static int value(int coupon) {
        return coupon >>> ADDRESS_BITS;
    }
}
