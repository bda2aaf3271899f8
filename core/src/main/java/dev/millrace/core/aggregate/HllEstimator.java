package dev.millrace.core.aggregate;

import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;
import org.apache.datasketches.hll.TgtHllType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * What DataSketches estimates of a sketch, without the sketch. Of registers it asks how many are 0
 * and for the sum of 2^-value over all of them, which follow each change; they stand in the first
 * bytes of a sketch, and the library is shown no more than these. The sum is exact, as it is kept
 * in two parts, of values below 32 and of the others, so that it does not depend on how the
 * registers came to their values. Confined to one thread.
 */
final class HllEstimator {
    private static final int SUM_AT = 16;
    private static final int SUM_OF_HIGH_AT = 24;
    private static final int ZEROS_AT = 32;
    private static final int HIGH = 32;

    private static final byte[] SOME_HEAD = someHead();
    private static final long[] OF_COUPONS = ofCoupons();

    private final MemorySegment head = MemorySegment.ofArray(SOME_HEAD.clone());
    private final HllSketch sketch = HllSketch.wrap(head);
    private double sum = DistinctEstimate.REGISTERS;
    private double sumOfHigh;
    private int zeros = DistinctEstimate.REGISTERS;

    private static byte[] someHead() {
        HllSketch some = new HllSketch(DistinctEstimate.LG_REGISTERS, TgtHllType.HLL_8);
        for (int i = 0; i < DistinctEstimate.REGISTERS; i++) {
            some.update(i);
        }
        return Arrays.copyOf(some.toUpdatableByteArray(), DistinctEstimate.REGISTERS_AT);
    }

    private static long[] ofCoupons() {
        HllUnion union = new HllUnion(DistinctEstimate.LG_REGISTERS);
        long[] estimates = new long[DistinctEstimate.COUPONS_MAX + 1];
        for (int i = 1; i < estimates.length; i++) {
            union.update(i);
            estimates[i] = Math.round(union.getCompositeEstimate());
        }
        return estimates;
    }

    /** Of a sketch that holds different coupons, and no registers yet. */
    static long ofCoupons(int count) {
        return OF_COUPONS[count];
    }

    /** Follows a register from a value to another. */
    void change(int from, int to) {
        zeros += (to == 0 ? 1 : 0) - (from == 0 ? 1 : 0);
        add(to, 1);
        add(from, -1);
    }

    private void add(int value, int sign) {
        double power = Math.scalb((double) sign, -value);
        if (value < HIGH) {
            sum += power;
        } else {
            sumOfHigh += power;
        }
    }

    /** Registers that are 0. */
    int zeros() {
        return zeros;
    }

    long estimate() {
        head.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, SUM_AT, sum);
        head.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, SUM_OF_HIGH_AT, sumOfHigh);
        head.set(ValueLayout.JAVA_INT_UNALIGNED, ZEROS_AT, zeros);
        return Math.round(sketch.getCompositeEstimate());
    }
}
