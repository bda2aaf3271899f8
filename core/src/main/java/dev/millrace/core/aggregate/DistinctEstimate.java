package dev.millrace.core.aggregate;

import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;
import org.apache.datasketches.hll.TgtHllType;

/**
 * An estimate of how many hashes a set holds: a HyperLogLog sketch of 2^12 registers (Flajolet et
 * al., 2007). Its standard error is 1.04 / √4096 = 1.6 %: two of three counts are off by less, 95 %
 * by less than 3.2 %. It is a union, which is the form that others are added to in place.
 */
final class DistinctEstimate implements DistinctSketch {
    static final int LG_REGISTERS = 12;

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
