package dev.millrace.core.aggregate;

/**
 * The registers of a HyperLogLog sketch over a moving window, as those of the union of its slices'
 * sketches. Confined to one thread.
 *
 * <p>A register is the highest value that came to it; when that leaves, the highest of those that
 * came later takes its place. So each register has a list of the values that can still become the
 * highest, falling from the oldest to the newest (Chabchoub, Hébrail: Sliding HyperLogLog, ICDMW
 * 2010). A value that enters cuts off those at the end that are not higher; one that leaves is the
 * first of its list or not in it. The lists are linked through one queue of all values, from which
 * those that were cut off are dropped when it is full: it holds a small multiple of the registers,
 * growing with the logarithm of what the window holds.
 */
final class SlidingRegisters {
    /** Stands for no entry, and in an entry's coupon for one that was cut off. */
    private static final int NONE = 0;

    private static final int FIRST_CAPACITY = 1_024;
    private static final int MASK = DistinctEstimate.REGISTERS - 1;

    private final HllEstimator estimator = new HllEstimator();

    /** The oldest entry of each register's list. */
    private final int[] firsts = new int[DistinctEstimate.REGISTERS];

    private int[] coupons = new int[FIRST_CAPACITY];
    private int[] slices = new int[FIRST_CAPACITY];

    /** The entry that follows in the list of the register. */
    private int[] nexts = new int[FIRST_CAPACITY];

    private int head = NONE + 1;
    private int tail = NONE + 1;

    /**
     * @param slice its number, not less than those before
     */
    void put(int coupon, int slice) {
        if (tail == coupons.length) {
            makeRoom();
        }
        int register = coupon & MASK;
        int value = HllCoupon.value(coupon);
        int before = NONE;
        int behind = firsts[register];
        while (behind != NONE && HllCoupon.value(coupons[behind]) > value) {
            before = behind;
            behind = nexts[behind];
        }
        if (before == NONE) {
            estimator.change(HllCoupon.value(coupons[behind]), value);
            firsts[register] = tail;
        } else {
            nexts[before] = tail;
        }
        for (int cut = behind; cut != NONE; cut = nexts[cut]) {
            coupons[cut] = NONE;
        }
        coupons[tail] = coupon;
        slices[tail] = slice;
        nexts[tail] = NONE;
        tail++;
    }

    /** Lets a slice go, the oldest of the window. */
    void remove(int slice) {
        for (; head < tail && slices[head] == slice; head++) {
            if (coupons[head] != NONE) {
                int next = nexts[head];
                estimator.change(HllCoupon.value(coupons[head]), HllCoupon.value(coupons[next]));
                firsts[coupons[head] & MASK] = next;
            }
        }
    }

    /** How many are not 0. */
    int raised() {
        return DistinctEstimate.REGISTERS - estimator.zeros();
    }

    /** How many different hashes came to the registers. */
    long estimate() {
        return estimator.estimate();
    }

    /** Moves what was not cut off to the front, of arrays twice as large if it fills the half. */
    private void makeRoom() {
        int[] moved = new int[tail];
        int newTail = NONE + 1;
        for (int i = head; i < tail; i++) {
            if (coupons[i] != NONE) {
                moved[i] = newTail++;
            }
        }
        int capacity = 2 * newTail > coupons.length ? 2 * coupons.length : coupons.length;
        int[] newCoupons = new int[capacity];
        int[] newSlices = new int[capacity];
        int[] newNexts = new int[capacity];
        for (int i = head; i < tail; i++) {
            if (moved[i] != NONE) {
                newCoupons[moved[i]] = coupons[i];
                newSlices[moved[i]] = slices[i];
                newNexts[moved[i]] = moved[nexts[i]];
            }
        }
        for (int register = 0; register < firsts.length; register++) {
            firsts[register] = moved[firsts[register]];
        }
        coupons = newCoupons;
        slices = newSlices;
        nexts = newNexts;
        head = NONE + 1;
        tail = newTail;
    }
}
