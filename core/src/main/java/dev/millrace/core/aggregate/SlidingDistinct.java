package dev.millrace.core.aggregate;

import org.jspecify.annotations.Nullable;

/**
 * How many different hashes a moving window holds, the same number as that of a {@link
 * DistinctSketch} to which they are all added. Up to {@value DistinctSketch#EXACT_MAX} hashes are
 * counted as such; beyond, their coupons are, as DataSketches does; and beyond {@value
 * DistinctEstimate#COUPONS_MAX} of these there are registers. What was needed once is kept up from
 * then on, for a window that holds more at times; but of hashes and coupons only as many as tell
 * whether they are needed again, and they are not counted while the registers tell that. Confined
 * to one thread.
 */
final class SlidingDistinct implements SlidingSketch {
    /** Twice as many as when counting starts again, as that costs a look at all that is kept. */
    private static final int STOP_COUNTING = 2 * DistinctEstimate.COUPONS_MAX;

    private final RecentHashes hashes = new RecentHashes(DistinctSketch.EXACT_MAX);
    private @Nullable RecentHashes coupons;
    private @Nullable SlidingRegisters registers;

    /** Whether hashes and coupons are counted, or there are registers enough to know the answer. */
    private boolean isCounting = true;

    /** The number of the oldest slice. */
    private int oldest;

    /** The number of the slice that enters next. */
    private int next;

    /** The number of the last slice of which the hashes are not known. */
    private int withoutHashes = -1;

    /** The number of the last slice of which the coupons are not known. */
    private int withoutCoupons = -1;

    @Override
    public void add(@Nullable Sketch sketch) {
        switch ((DistinctSketch) sketch) {
            case null -> {}
            case DistinctOne one -> addHash(one.hash());
            case DistinctFew few -> few.forEach(this::addHash);
            case DistinctEstimate estimate -> addEstimate(estimate);
        }
        next++;
        chooseCounting();
    }

    private void addHash(long hash) {
        hashes.put(hash, next);
        if (coupons != null) {
            addCoupon(coupons, HllCoupon.of(hash), next);
        } else if (hashes.size() > DistinctSketch.EXACT_MAX) {
            RecentHashes _ = startCoupons();
        }
    }

    private void addEstimate(DistinctEstimate estimate) {
        withoutHashes = next;
        RecentHashes known = coupons == null ? startCoupons() : coupons;
        if (estimate.holdsCoupons()) {
            estimate.forEachCoupon(coupon -> addCoupon(known, coupon, next));
        } else {
            withoutCoupons = next;
            SlidingRegisters raised = registers == null ? startRegisters(known) : registers;
            estimate.forEachCoupon(coupon -> raised.put(coupon, next));
        }
    }

    private void addCoupon(RecentHashes to, int coupon, int slice) {
        to.put(coupon, slice);
        if (registers != null) {
            registers.put(coupon, slice);
        } else if (to.size() > DistinctEstimate.COUPONS_MAX) {
            SlidingRegisters _ = startRegisters(to);
        }
    }

    private RecentHashes startCoupons() {
        RecentHashes started = new RecentHashes(DistinctEstimate.COUPONS_MAX);
        coupons = started;
        hashes.forEach((hash, slice) -> addCoupon(started, HllCoupon.of(hash), slice));
        return started;
    }

    private SlidingRegisters startRegisters(RecentHashes from) {
        SlidingRegisters started = new SlidingRegisters();
        registers = started;
        from.forEach((coupon, slice) -> started.put((int) coupon, slice));
        return started;
    }

    @Override
    public void removeOldest() {
        hashes.remove(oldest);
        if (coupons != null) {
            coupons.remove(oldest);
        }
        if (registers != null) {
            registers.remove(oldest);
        }
        oldest++;
        chooseCounting();
    }

    /* A register that is not 0 is at least one coupon, and one hash. */
    private void chooseCounting() {
        if (coupons == null || registers == null) {
            return;
        }
        if (isCounting && registers.raised() > STOP_COUNTING) {
            isCounting = false;
            hashes.stopCounting();
            coupons.stopCounting();
        } else if (!isCounting && registers.raised() <= DistinctEstimate.COUPONS_MAX) {
            isCounting = true;
            hashes.startCounting();
            coupons.startCounting();
        }
    }

    @Override
    public Object result() {
        if (registers != null && !isCounting) {
            return registers.estimate();
        }
        if (coupons == null
                || withoutHashes < oldest && hashes.size() <= DistinctSketch.EXACT_MAX) {
            return (long) hashes.size();
        }
        if (registers == null
                || withoutCoupons < oldest && coupons.size() <= DistinctEstimate.COUPONS_MAX) {
            return HllEstimator.ofCoupons(coupons.size());
        }
        return registers.estimate();
    }
}
