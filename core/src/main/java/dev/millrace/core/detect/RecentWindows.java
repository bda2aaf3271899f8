package dev.millrace.core.detect;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * What a group showed in its last closed windows, the oldest first, and which of them stood out:
 * those are no part of the baseline. Confined to one thread.
 */
final class RecentWindows {
    /** Windows that are remembered. */
    static final int LENGTH = 24;

    /** Windows whose slope makes the trend: the mean of the newer half against the older half's. */
    private static final int TREND_WINDOWS = 6;

    /** The median absolute deviation of a normal distribution times this is its sigma. */
    private static final double SIGMA_PER_MAD = 1.4826;

    private final double[] values = new double[LENGTH];
    private int size;

    /** A bit for each value, the oldest's lowest. */
    private int outliers;

    void add(double value, boolean outlier) {
        if (size == LENGTH) {
            System.arraycopy(values, 1, values, 0, LENGTH - 1);
            outliers >>>= 1;
            size--;
        }
        values[size] = value;
        outliers |= (outlier ? 1 : 0) << size;
        size++;
    }

    int size() {
        return size;
    }

    /** Whether nothing is left that did not stand out. */
    boolean allOutliers() {
        return Integer.bitCount(outliers) == size;
    }

    /** Takes what stood out for ordinary from now on. */
    void acceptOutliers() {
        outliers = 0;
    }

    private double[] ordinary() {
        double[] ordinary = new double[size - Integer.bitCount(outliers)];
        int count = 0;
        for (int i = 0; i < size; i++) {
            if ((outliers >>> i & 1) == 0) {
                ordinary[count++] = values[i];
            }
        }
        return ordinary;
    }

    /**
     * What the ordinary values say.
     *
     * @param spread robust standard deviation about the median
     * @param latest mean of the newest few
     * @param predicted the next value, if the newest few go on as they went
     */
    record Summary(double median, double spread, double latest, double predicted) {}

    /** Of at least one ordinary value. */
    Summary summary() {
        double[] ordinary = ordinary();
        int half = Math.clamp(ordinary.length / 2, 1, TREND_WINDOWS / 2);
        double latest = mean(ordinary, ordinary.length - half, ordinary.length);
        int olderFrom = Math.max(0, ordinary.length - 2 * half);
        double older = mean(ordinary, olderFrom, olderFrom + half);
        double slope = (latest - older) / half;
        double predicted = latest + slope * (half + 1) / 2;
        double median = median(ordinary);
        for (int i = 0; i < ordinary.length; i++) {
            ordinary[i] = Math.abs(ordinary[i] - median);
        }
        return new Summary(median, SIGMA_PER_MAD * median(ordinary), latest, predicted);
    }

    private static double mean(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        return sum / (to - from);
    }

    /** Sorts the values. */
    private static double median(double[] values) {
        Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    /** Writes {@code u8} size, {@code i32} bits of outliers, and each value as a double. */
    void write(DataOutputStream out) throws IOException {
        out.writeByte(size);
        out.writeInt(outliers);
        for (int i = 0; i < size; i++) {
            out.writeDouble(values[i]);
        }
    }

    static RecentWindows read(DataInputStream in) throws IOException {
        RecentWindows recent = new RecentWindows();
        recent.size = in.readUnsignedByte();
        if (recent.size > LENGTH) {
            throw new IOException("more than " + LENGTH + " windows: " + recent.size);
        }
        recent.outliers = in.readInt();
        for (int i = 0; i < recent.size; i++) {
            recent.values[i] = in.readDouble();
        }
        return recent;
    }
}
