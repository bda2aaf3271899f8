package dev.millrace.core.aggregate;

import dev.millrace.core.MillraceException;

import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.quantilescommon.QuantileSearchCriteria;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Numbers whose order is kept: all of them up to {@value #EXACT_MAX}, then a KLL sketch (Karnin,
 * Lang, Liberty, FOCS 2016) of k = 200. One number costs 48 bytes of heap, a sketch at most about 6
 * KiB, however many it was fed.
 *
 * <p>Stored as 1, then the numbers, {@code f64} big-endian; or 2, then the KLL sketch as {@link
 * SealedBytes}. Later forms take other numbers.
 */
final class QuantileSketch implements Sketch {
    /** So many numbers are kept as they are; also the k of the sketch. */
    static final int EXACT_MAX = 200;

    private static final byte EXACT = 1;
    private static final byte ESTIMATE = 2;

    private double[] numbers;
    private int size;

    /** Once there is one, it holds everything. */
    private @Nullable KllDoublesSketch estimate;

    QuantileSketch() {
        numbers = new double[1];
    }

    private QuantileSketch(KllDoublesSketch estimate) {
        this.numbers = new double[0];
        this.estimate = estimate;
    }

    /**
     * @param number not NaN
     */
    void add(double number) {
        double unsignedZero = number + 0.0;
        if (estimate == null && size == EXACT_MAX) {
            estimate = toEstimate();
            numbers = new double[0];
        }
        if (estimate != null) {
            estimate.update(unsignedZero);
            return;
        }
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, Math.min(2 * size, EXACT_MAX));
        }
        numbers[size++] = unsignedZero;
    }

    /**
     * @param from belongs to the result from now on
     * @return this or {@code from}
     */
    QuantileSketch merge(QuantileSketch from) {
        if (from.estimate == null) {
            from.addTo(this);
            return this;
        }
        if (estimate == null) {
            addTo(from);
            return from;
        }
        estimate.merge(from.estimate);
        return this;
    }

    private void addTo(QuantileSketch other) {
        for (int i = 0; i < size; i++) {
            other.add(numbers[i]);
        }
    }

    /** One that can be changed without changing this one. */
    QuantileSketch copy() {
        if (estimate != null) {
            return estimate(MemorySegment.ofArray(estimate.toByteArray()));
        }
        QuantileSketch copy = new QuantileSketch();
        copy.numbers = numbers.clone();
        copy.size = size;
        return copy;
    }

    /**
     * @param q in the open interval from 0 to 1
     */
    double quantile(double q) {
        KllDoublesSketch sketch = estimate == null ? toEstimate() : estimate;
        return sketch.getQuantile(q, QuantileSearchCriteria.INCLUSIVE);
    }

    private KllDoublesSketch toEstimate() {
        KllDoublesSketch sketch = KllDoublesSketch.newHeapInstance(EXACT_MAX);
        for (int i = 0; i < size; i++) {
            sketch.update(numbers[i]);
        }
        return sketch;
    }

    byte[] encode() {
        if (estimate != null) {
            return SealedBytes.seal(ESTIMATE, estimate.toByteArray());
        }
        ByteBuffer out = ByteBuffer.allocate(1 + Double.BYTES * size).put(EXACT);
        for (int i = 0; i < size; i++) {
            out.putDouble(numbers[i]);
        }
        return out.array();
    }

    /**
     * @throws MillraceException if the bytes are none of the forms
     */
    static QuantileSketch decode(ByteBuffer in) {
        if (!in.hasRemaining()) {
            throw SealedBytes.damaged("it is empty");
        }
        byte form = in.get();
        return switch (form) {
            case EXACT -> exact(in);
            case ESTIMATE -> SealedBytes.open(in, QuantileSketch::estimate);
            default -> throw SealedBytes.damaged("a quantile of form " + form);
        };
    }

    private static QuantileSketch exact(ByteBuffer in) {
        int count = in.remaining() / Double.BYTES;
        if (in.remaining() % Double.BYTES != 0 || count == 0 || count > EXACT_MAX) {
            throw SealedBytes.damaged(in.remaining() + " bytes of numbers");
        }
        QuantileSketch sketch = new QuantileSketch();
        while (in.hasRemaining()) {
            double number = in.getDouble();
            if (Double.isNaN(number)) {
                throw SealedBytes.damaged("a number that is none");
            }
            sketch.add(number);
        }
        return sketch;
    }

    private static QuantileSketch estimate(MemorySegment bytes) {
        KllDoublesSketch sketch = KllDoublesSketch.heapify(bytes);
        if (sketch.getK() != EXACT_MAX || sketch.isEmpty()) {
            throw SealedBytes.damaged("a KLL sketch of another size");
        }
        return new QuantileSketch(sketch);
    }
}
