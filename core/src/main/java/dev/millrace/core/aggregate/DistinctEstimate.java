package dev.millrace.core.aggregate;

import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;
import org.apache.datasketches.hll.TgtHllType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntConsumer;

/**
 * An estimate of how many hashes a set holds: a HyperLogLog sketch of 2^12 registers (Flajolet et
 * al., 2007). Its standard error is 1.04 / √4096 = 1.6 %: two of three counts are off by less, 95 %
 * by less than 3.2 %. It is a union, which is the form that others are added to in place.
 */
final class DistinctEstimate implements DistinctSketch {
    static final int LG_REGISTERS = 12;

    /** Up to here the library counts the coupons of the hashes, and keeps no registers. */
    static final int COUPONS_MAX = 384;

    /** Where coupons begin in the library's bytes of a sketch that can be added to. */
    private static final int COUPONS_AT = 12;

    /** Where registers begin there, a byte each. */
    static final int REGISTERS_AT = 40;

    static final int REGISTERS = 1 << LG_REGISTERS;

    private final HllUnion union = new HllUnion(LG_REGISTERS);

    DistinctEstimate() {}

    DistinctEstimate(HllSketch sketch) {
        union.update(sketch);
    }

    @Override
    public DistinctSketch add(long hash) {
        union.update(hash);
        return this;
    }

    DistinctSketch addTo(DistinctEstimate other) {
        other.union.update(registers());
        return other;
    }

    @Override
    public DistinctSketch copy() {
        return new DistinctEstimate(registers());
    }

    /** A copy, a byte a register as a union holds them: nothing is packed on the way. */
    private HllSketch registers() {
        return union.getResult(TgtHllType.HLL_8);
    }

    /** Whether it still knows its coupons, see {@link #forEachCoupon}. */
    boolean holdsCoupons() {
        return union.getUpdatableSerializationBytes() < REGISTERS_AT + REGISTERS;
    }

    /**
     * Visits each {@link HllCoupon}, in any order; if they are not known, one of each register that
     * is not 0, with the register's number for an address.
     */
    void forEachCoupon(IntConsumer visitor) {
        ByteBuffer bytes =
                ByteBuffer.wrap(union.toUpdatableByteArray()).order(ByteOrder.nativeOrder());
        if (holdsCoupons()) {
            for (int at = COUPONS_AT; at < bytes.limit(); at += Integer.BYTES) {
                int coupon = bytes.getInt(at);
                if (coupon != 0) {
                    visitor.accept(coupon);
                }
            }
        } else {
            for (int register = 0; register < REGISTERS; register++) {
                int value = bytes.get(REGISTERS_AT + register);
                if (value != 0) {
                    visitor.accept(HllCoupon.of(register, value));
                }
            }
        }
    }

    @Override
    public int size() {
        return Integer.MAX_VALUE;
    }

    /* The library's other estimate, HIP, is a little better but depends on the order of arrival. */
    @Override
    public long count() {
        return Math.round(union.getCompositeEstimate());
    }

    @Override
    public byte[] encode() {
        return DistinctCodec.encode(union);
    }
}
